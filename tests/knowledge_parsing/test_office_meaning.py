"""Word and PowerPoint files: what a reader sees is read, in its place; what is hidden is left out and reported."""

from __future__ import annotations

from typing import Any

import pytest
from sample_documents import read_text, slides_file, with_parts, word_file

from knowledge.parsing.sandbox import parse
from knowledge.parsing.symbol_fonts import decode_symbols


def word_body(xml: str, parts: dict[str, str] | None = None) -> bytes:
    """Return a DOCX with this body and these further parts of the package."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def build(document: Any) -> None:
        document.element.body.clear_content()
        for element in parse_xml(f"<w:body {nsdecls('w', 'wp', 'a', 'r')}>{xml}</w:body>"):
            document.element.body.insert(len(document.element.body) - 1, element)

    data = word_file(build)
    return with_parts(data, parts) if parts else data


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int = 0, number: int = 1) -> str:
    place = f"<w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{number}'/></w:numPr></w:pPr>"
    return paragraph(text, place)


def numbering(*levels: tuple[str, str], start: int = 1) -> dict[str, str]:
    from docx.oxml.ns import nsdecls

    rows = "".join(
        f"<w:lvl w:ilvl='{at}'><w:start w:val='{start}'/><w:numFmt w:val='{kind}'/><w:lvlText w:val='{text}'/></w:lvl>"
        for at, (kind, text) in enumerate(levels)
    )
    lists = "".join(f"<w:num w:numId='{n}'><w:abstractNumId w:val='0'/></w:num>" for n in (1, 2))
    xml = f"<w:numbering {nsdecls('w')}><w:abstractNum w:abstractNumId='0'>{rows}</w:abstractNum>{lists}</w:numbering>"
    return {"word/numbering.xml": xml}


@pytest.mark.parametrize(
    "properties",
    [
        "<w:vertAlign w:val='superscript'/>",
        "<w:position w:val='8'/><w:sz w:val='14'/>",
    ],
)
def test_raised_characters_of_a_word_document_stay_raised(properties):
    raised = f"<w:r><w:rPr>{properties}</w:rPr><w:t>7</w:t></w:r>"
    body = f"<w:p><w:r><w:t>About 10</w:t></w:r>{raised}<w:r><w:t> cells</w:t></w:r></w:p>"
    assert read_text("cells.docx", word_body(body)) == "About 10⁷ cells"


def test_a_character_style_may_lower_text():
    def build(document):
        from docx.enum.style import WD_STYLE_TYPE

        document.styles.add_style("Low", WD_STYLE_TYPE.CHARACTER).font.subscript = True
        line = document.add_paragraph("CO")
        line.add_run("2", style="Low")

    assert read_text("gas.docx", word_file(build)) == "CO₂"


@pytest.mark.parametrize(
    ("kind", "form", "first", "third"),
    [
        ("decimal", "%1.", "1. ", "3. "),
        ("lowerLetter", "%1)", "a) ", "c) "),
        ("upperRoman", "Part %1", "Part I ", "Part III "),
        ("chineseCounting", "(%1)", "(一) ", "(三) "),
        ("bullet", "", "- ", "- "),
    ],
)
def test_the_items_of_a_word_list_have_their_numbers(kind, form, first, third):
    body = numbered("fill") + numbered("heat") + numbered("wait")
    lines = read_text("steps.docx", word_body(body, numbering((kind, form)))).split("\n")
    assert (lines[0], lines[2]) == (f"{first}fill", f"{third}wait")


def test_levels_of_a_word_list_count_below_each_other_and_go_on_after_other_text():
    body = numbered("one") + numbered("below", 1) + paragraph("Between.") + numbered("two") + numbered("again", 1)
    text = read_text("steps.docx", word_body(body, numbering(("decimal", "%1."), ("decimal", "%1.%2"))))
    assert text == "1. one\n  1.1 below\nBetween.\n2. two\n  2.1 again"


def test_hidden_text_of_a_word_document_is_left_out_and_reported():
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>The key is b. </w:t></w:r>"
    shown = "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>Choose one.</w:t></w:r>"
    parsed = parse("quiz.docx", word_body(f"<w:p>{hidden}{shown}</w:p>"))
    assert [block.text for block in parsed.blocks] == ["Choose one."]
    assert parsed.notes == ("Text that is marked as hidden was left out.",)


def test_symbols_of_symbol_fonts_are_read():
    typed = "<w:r><w:rPr><w:rFonts w:ascii='Symbol' w:hAnsi='Symbol'/></w:rPr><w:t>m</w:t></w:r>"
    body = "<w:p><w:r><w:sym w:font='Symbol' w:char='F044'/><w:t>x </w:t><w:sym w:font='Symbol' w:char='F0A3'/></w:r>"
    body += f"<w:r><w:t xml:space='preserve'> 5 </w:t></w:r>{typed}<w:r><w:t>m</w:t></w:r></w:p>"
    assert read_text("small.docx", word_body(body)) == "Δx ≤ 5 μm"
    assert decode_symbols("\uf0fc", "Wingdings") == "✓"
    assert decode_symbols("m", "Arial") == "m"


def test_inserted_and_moved_paragraphs_are_read_and_deleted_ones_are_not():
    body = (
        f"<w:ins w:id='1' w:author='a'>{paragraph('Added.')}</w:ins><w:moveTo w:id='2'>{paragraph('Moved.')}</w:moveTo>"
        f"<w:moveFrom w:id='3'>{paragraph('Moved.')}</w:moveFrom><w:customXml>{paragraph('Wrapped.')}</w:customXml>"
    )
    assert read_text("changes.docx", word_body(body)) == "Added.\nMoved.\nWrapped."


def test_a_nested_table_is_read_once_and_cells_in_controls_are_read():
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('twelve')}</w:tc></w:tr></w:tbl>"
    wrapped = f"<w:sdt><w:sdtContent><w:tc>{paragraph('kept')}</w:tc></w:sdtContent></w:sdt>"
    wide = f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph('Both')}</w:tc>"
    cell = f"<w:tc>{paragraph('outer')}{inner}{paragraph('')}</w:tc>"
    body = f"<w:tbl><w:tr>{wide}</w:tr><w:tr>{cell}{wrapped}</w:tr></w:tbl>"
    assert read_text("table.docx", word_body(body)) == "| Both | Both |\n| outer twelve | kept |"


def test_text_boxes_are_paragraphs_and_descriptions_of_pictures_are_read():
    box = f"<w:pict><w:txbxContent>{paragraph('In a box.')}</w:txbxContent></w:pict>"
    picture = "<w:drawing><wp:inline><wp:docPr id='1' name='P' descr='{}'/></wp:inline></w:drawing>"
    described, named = picture.format("A root in soil"), picture.format("IMG_20.png")
    body = f"<w:p><w:r><w:t>Before.</w:t></w:r><w:r>{box}{described}{named}</w:r></w:p>"
    assert read_text("box.docx", word_body(body)) == "Before.\nA root in soil\nIn a box."


def test_endnotes_and_comments_are_read_and_do_not_name_the_document():
    from docx.oxml.ns import nsdecls

    notes = f"<w:endnotes {nsdecls('w')}><w:endnote w:id='1'>{paragraph('Measured in May.')}</w:endnote></w:endnotes>"
    remark = f"<w:comments {nsdecls('w')}><w:comment w:id='1'>{paragraph('Ask about units.')}</w:comment></w:comments>"
    data = word_body(paragraph("Body."), {"word/endnotes.xml": notes, "word/comments.xml": remark})
    parsed = parse("notes.docx", data)
    assert [(b.text, b.heading) for b in parsed.blocks[1:]] == [
        ("Measured in May.", ("Endnotes",)),
        ("Ask about units.", ("Comments",)),
    ]
    assert parsed.title == "notes"


def test_equations_that_are_pictures_are_reported():
    thing = "<w:object><o:OLEObject xmlns:o='urn:schemas-microsoft-com:office:office' ProgID='Equation.3'/></w:object>"
    parsed = parse("old.docx", word_body(f"<w:p><w:r><w:t>So </w:t>{thing}</w:r></w:p>"))
    assert parsed.notes[0].startswith("An equation is stored as pictures")


def slide_with(presentation: Any, title: str) -> Any:
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = title
    return slide


def test_a_hidden_slide_and_a_hidden_shape_are_left_out():
    def build(presentation):
        slide_with(presentation, "Solutions")._element.set("show", "0")
        slide = slide_with(presentation, "Shown")
        for number, text in enumerate(("seen", "unseen")):
            box = slide.shapes.add_textbox(0, 900_000 * (number + 2), 900_000, 900_000)
            box.text_frame.text = text
        box._element.nvSpPr.cNvPr.set("hidden", "1")

    parsed = parse("deck.pptx", slides_file(build))
    assert [(b.text, b.locator.number) for b in parsed.blocks] == [("seen", 2)]
    assert parsed.notes == ("Slide 1 is hidden and was left out.",)


def test_slides_keep_powers_and_list_numbers():
    def build(presentation):
        frame = slide_with(presentation, "Powers").shapes.add_textbox(0, 900_000, 900_000, 900_000).text_frame
        frame.text = "10"
        run = frame.paragraphs[0].add_run()
        run.text = "-6"
        run.font._element.set("baseline", "30000")
        for text in ("shark", "whale"):
            add_numbered(frame, text, type="alphaLcParenR")

    assert read_text("deck.pptx", slides_file(build)) == "10⁻⁶\na) shark\nb) whale"


def add_numbered(frame: Any, text: str, **attributes: str) -> None:
    from lxml import etree

    item = frame.add_paragraph()
    item.text = text
    marks = "{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum"
    etree.SubElement(item._p.get_or_add_pPr(), marks, attributes)


def test_a_list_of_another_kind_or_start_on_a_slide_counts_by_itself():
    def build(presentation):
        frame = slide_with(presentation, "Lists").shapes.add_textbox(0, 900_000, 900_000, 900_000).text_frame
        for text in ("fill", "heat"):
            add_numbered(frame, text, type="arabicPeriod")
        for text in ("shark", "whale"):
            add_numbered(frame, text, type="alphaLcParenR")
        for text in ("cool", "pour"):
            add_numbered(frame, text, type="arabicPeriod", startAt="7")

    text = read_text("deck.pptx", slides_file(build))
    assert text == "1. fill\n2. heat\na) shark\nb) whale\n7. cool\n8. pour"


def test_the_points_of_a_diagram_are_read_in_their_order():
    def build(presentation):
        from pptx.opc.package import Part
        from pptx.opc.packuri import PackURI
        from pptx.oxml import parse_xml

        slide = slide_with(presentation, "Water")
        name = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
        spaces = f'xmlns:dgm="{name}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        point = '<dgm:pt modelId="{}"><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>'.format
        link = '<dgm:cxn srcId="{}" destId="{}" srcOrd="{}"/>'.format
        points = '<dgm:pt modelId="0" type="doc"/>' + point(1, "rain") + point(2, "cloud") + point(3, "drops")
        links = link(0, 2, 0) + link(0, 1, 1) + link(2, 3, 0)
        xml = f"<dgm:dataModel {spaces}><dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst></dgm:dataModel>"
        part = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", slide.part.package, xml.encode())
        identifier = slide.part.relate_to(part, f"{name}Data")
        frame = f"""<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" {spaces}
            xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:nvGraphicFramePr>
            <p:cNvPr id="9" name="D"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm/>
            <a:graphic><a:graphicData><dgm:relIds r:dm="{identifier}"/></a:graphicData></a:graphic></p:graphicFrame>"""
        slide.shapes._spTree.append(parse_xml(frame))

    assert read_text("cycle.pptx", slides_file(build)) == "- cloud\n  - drops\n- rain"
