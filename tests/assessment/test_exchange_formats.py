"""Questions of other systems come in as what they say or are refused with the reason; our own come back unchanged."""

from __future__ import annotations

import pytest
from graded_answers import outcomes
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.assessment.exchange import EXPORT_FORMATS, MAX_CHARS, format_item, join_items, parse_items
from tutor.assessment.gift import from_gift
from tutor.assessment.gift_syntax import NotGift
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.markup import NeedsPicture, TooDeep, html_text
from tutor.assessment.number_grading import comparable_number
from tutor.assessment.qti import from_qti
from tutor.assessment.qti_reader import NotQti
from tutor.domain import BLANK, Outcome
from tutor.errors import InputRefused

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)
identities = st.from_regex(r"[a-z0-9]{4,16}", fullmatch=True)
numbers = st.one_of(
    st.integers(-(10**9), 10**9).map("{:,}".format),
    st.decimals(-1000, 1000, places=3).map(str),
    st.sampled_from(["3e8", "1..5", "0 ± 0.5", "-4..-2", "1/4"]),
)
IN_EVERY_FORMAT = (
    ItemKind.CHOICE,
    ItemKind.TRUE_FALSE,
    ItemKind.NUMBER,
    ItemKind.SHORT_TEXT,
    ItemKind.CLOZE,
)


@st.composite
def items(draw, kinds):
    kind, identity, prompt = draw(st.sampled_from(kinds)), draw(identities), draw(phrases)
    options = tuple(draw(st.lists(phrases, min_size=3, max_size=5, unique=True)))
    match kind:
        case ItemKind.CHOICE:
            return Item(identity, kind, prompt, options[: draw(st.integers(1, 2))], options)
        case ItemKind.ORDERING:
            return Item(identity, kind, prompt, options, options[::-1])
        case ItemKind.TRUE_FALSE:
            return Item(identity, kind, prompt, (draw(st.sampled_from(["true", "false"])),))
        case ItemKind.NUMBER:
            key = draw(numbers)
            is_plain = ".." not in key and "±" not in key and comparable_number(key) != "0"
            return Item(
                identity, kind, prompt, (key,), tolerance=draw(st.sampled_from([None, 0.5])) if is_plain else None
            )
        case ItemKind.CLOZE:
            return Item(identity, kind, f"{prompt} {BLANK} {draw(phrases)}", options)
    return Item(identity, kind, prompt.replace(BLANK, "-"), options)


def comparable(item: Item) -> tuple[object, ...]:
    """An item as its meaning: a number and its margin may come back in another spelling."""
    if item.kind is ItemKind.NUMBER:
        return item.id, item.kind, item.prompt, {comparable_number(key, item.tolerance) for key in item.keys}
    return item.id, item.kind, item.prompt, set(item.keys), item.options, item.tolerance


def test_what_stands_around_a_gap_comes_back_as_it_stood():
    """A regression: the space between a gap and a colon was lost in QTI."""
    for prompt in (f"0 {BLANK} :", f"0 {BLANK}: x", f"({BLANK}) is 0", f"On {BLANK}, x"):
        for file_format in EXPORT_FORMATS:
            item = Item("0000", ItemKind.CLOZE, prompt, ("a", "b", "c"))
            back, refused = parse_items(join_items([format_item(item, file_format)], file_format))
            assert refused == [] and [one.prompt for one in back] == [prompt], file_format


def test_a_character_of_private_use_is_no_gap():
    """A regression: one of them stood for the gap while QTI was read, and became one."""
    item = Item("0000", ItemKind.SHORT_TEXT, "What does \ue000 mean? \uf8ff", ("a",))
    for file_format in EXPORT_FORMATS:
        assert parse_items(join_items([format_item(item, file_format)], file_format)) == ([item], [])


@settings(max_examples=150, deadline=None)
@given(items(IN_EVERY_FORMAT), st.sampled_from(EXPORT_FORMATS))
def test_an_exported_item_comes_back_as_the_same_item(item, file_format):
    back, refused = parse_items(join_items([format_item(item, file_format)], file_format))
    assert refused == []
    assert [comparable(one) for one in back] == [comparable(item)]


@settings(max_examples=40, deadline=None)
@given(items((ItemKind.ORDERING,)), st.sampled_from(["qti", "moodle"]))
def test_steps_come_back_in_their_order(item, file_format):
    back, _refused = parse_items(join_items([format_item(item, file_format)], file_format))
    assert [(one.keys, one.options) for one in back] == [(item.keys, item.options)]


def test_a_star_in_a_key_is_a_star_and_not_any_text():
    item = Item("i", ItemKind.SHORT_TEXT, "Which files?", ("a *.py file", "\\*", "*"))
    for file_format in EXPORT_FORMATS:
        assert parse_items(join_items([format_item(item, file_format)], file_format)) == ([item], [])


def test_several_items_come_back_from_one_file():
    some = [Item(f"id{n}", ItemKind.SHORT_TEXT, f"What is {n}?", ("this",)) for n in range(5)]
    for file_format in EXPORT_FORMATS:
        text = join_items([format_item(item, file_format) for item in some], file_format)
        assert parse_items(text) == (some, [])


@pytest.mark.parametrize("key", ["9.8 m/s^2", "1/3", "75%", "a few"])
def test_a_number_that_gift_does_not_have_is_refused_and_not_changed(key):
    item = Item("i", ItemKind.NUMBER, "How much?", (key,))
    for file_format in ("gift", "moodle"):
        with pytest.raises(NotGift, match="QTI"):
            format_item(item, file_format)
    assert from_qti(format_item(item, "qti")) == item


MOODLE_EXPORT = """\ufeff// question: 12  name: Roots
::Roots::[html]<p>Which organ takes up <b>water&nbsp;</b>from CO<sub>2</sub>-rich soil?</p>{
\t=<p>the root</p>#<p>Yes, by osmosis \\= without energy.</p>
\t~%0%<p>the leaf</p>#No.

\t~<p>the flower</p>
####<p>See chapter 3.</p>
}

// question: 13  name: Sum
$CATEGORY: $course$/top/Arithmetic
::Sum::[html]<p>How much is 10<sup>2</sup> + 7?</p>{#
\t=%100%107:0#Well added
\t=%50%107:5#Nearly
####General
}

::Year::In which year? {#=1687:0 =1688:2}

::Zero::How far from nought? {#0:0.25}

::Name::Who found it? {=%100%Newton =%50%Leibniz =%0%Euler}

::Night::Owls hunt at night. {T#No\\: they do.#Yes.####Think of mice.}

::Capital::The capital of Peru is {=Lima ~Cusco ~Quito}, by the sea.

::Gap::The capital of Chile is {=Santiago} in the valley.

::Two::Which are gases? {~%50%neon ~%50%argon ~%-50%iron ~%-50%gold}

::TeX::What is \\(\\frac\\{1\\}\\{4\\} \\neq \\nu\\)? {=$$\\\\alpha$$ ~b ~c}
"""


def test_an_export_of_moodle_is_read_as_it_is_meant():
    by_id = {item.id: item for item in from_gift(MOODLE_EXPORT)}
    assert by_id["Roots"].prompt == "Which organ takes up water from CO₂-rich soil?"
    assert (by_id["Roots"].keys, by_id["Roots"].options) == (("the root",), ("the root", "the leaf", "the flower"))
    assert (by_id["Sum"].prompt, by_id["Sum"].keys) == ("How much is 10² + 7?", ("107",))
    assert outcomes(by_id["Sum"], "107", "105") == [Outcome.RIGHT, Outcome.WRONG]
    assert outcomes(by_id["Year"], "1687", "1689", "1691") == [Outcome.RIGHT, Outcome.RIGHT, Outcome.WRONG]
    assert outcomes(by_id["Zero"], "0.2", "-0.25", "0.3") == [Outcome.RIGHT, Outcome.RIGHT, Outcome.WRONG]
    assert by_id["Name"].keys == ("Newton",)
    assert (by_id["Night"].kind, by_id["Night"].keys) == (ItemKind.TRUE_FALSE, ("true",))
    assert by_id["Capital"].prompt == f"The capital of Peru is {BLANK}, by the sea."
    assert by_id["Gap"].kind is ItemKind.CLOZE and by_id["Gap"].keys == ("Santiago",)
    assert outcomes(by_id["Two"], "neon, argon", "neon", "iron, argon") == [
        Outcome.RIGHT,
        Outcome.PARTIAL,
        Outcome.PARTIAL,
    ]
    assert "iron" in by_id["Two"].prompt
    assert by_id["TeX"].prompt == "What is \\(\\frac{1}{4} \\neq \\nu\\)?" and by_id["TeX"].keys == ("$$\\alpha$$",)


@pytest.mark.parametrize(
    "text",
    [
        "::A:: Half the credit only? {=%50%a ~b}",
        "::A:: Any text? {=*root*}",
        "::A::[html]<p><img src='x.png'> What is it?</p> {=a ~b ~c}",
        "::A:: Two sets {=a} of answers {=b}",
        "::A:: Pairs {=a -> 1 =b -> 2 =c -> 3}",
        "::A:: Number? {#five apples}",
        "::A:: Number? {#5:-1}",
        "::A:: Number? {#7..2}",
        "::A::[html]<html><frameset></frameset></html> {T}",
        "::A:: A survey {~a ~b ~c}",
        "::A:: Many? {" + " ".join(f"~a{n}" for n in range(60)) + "}",
    ],
)
def test_a_question_that_is_not_understood_is_refused_with_the_reason(text):
    items_read, refused = parse_items(text)
    assert items_read == []
    assert [bool(str(one) and one.key) for one in refused] == [True]


def test_a_margin_beyond_all_proportion_is_part_of_its_key():
    """A regression: it was divided by its value, and the quotient was too large for a number of the machine."""
    text = "::A:: How far? {#1e-99:" + "9" * 180 + "e99}"
    (item,), refused = parse_items(text)
    assert refused == [] and item.tolerance is None
    (item,), refused = parse_items("::A:: How far? {#0.001:5000}")
    assert refused == [] and outcomes(item, "4999", "5001") == [Outcome.RIGHT, Outcome.WRONG]


def test_an_auto_format_is_html_only_where_it_has_tags():
    first, second = from_gift("::A::[moodle]Is <b>2</b> < 3? {T}\n\n::B::[moodle]Is a <b and b> c? {T}")
    assert first.prompt == "Is 2 < 3?" and second.prompt.startswith("Is a")
    (plain,) = from_gift("::A:: Is 2 < 3 & 4 > 3? {T}")
    assert plain.prompt == "Is 2 < 3 & 4 > 3?"


MOODLE_XML = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="category"><category><text>top</text></category></question>
<question type="multichoice"><name><text>n</text></name><questiontext format="html"><text>
<![CDATA[<p>Which has 10<sup>3</sup> parts?</p>]]></text></questiontext><single>true</single>
<answer fraction="100" format="html"><text>&lt;p&gt;kilo&lt;/p&gt;</text><feedback><text>Yes</text></feedback></answer>
<answer fraction="50" format="html"><text>mega</text></answer>
<answer fraction="0"><text>milli</text></answer></question>
<question type="truefalse"><questiontext format="html"><text>Ice floats.</text></questiontext>
<answer fraction="0"><text>false</text></answer><answer fraction="100"><text>true</text></answer></question>
<question type="numerical"><questiontext format="html"><text>How many?</text></questiontext>
<answer fraction="100"><text>12</text><tolerance>0.5</tolerance></answer>
<answer fraction="50"><text>12</text><tolerance>3</tolerance></answer></question>
<question type="shortanswer"><questiontext format="html"><text>Who?</text></questiontext>
<answer fraction="100"><text>Curie</text></answer><answer fraction="50"><text>Becquerel</text></answer></question>
<question type="shortanswer"><questiontext format="html"><text>Any?</text></questiontext>
<answer fraction="100"><text>*Curie*</text></answer></question>
<question type="essay"><questiontext format="html"><text>Write.</text></questiontext></question></quiz>"""


def test_moodle_xml_is_read_like_moodles_other_format():
    read, refused = parse_items(MOODLE_XML)
    assert [item.kind for item in read] == [
        ItemKind.CHOICE,
        ItemKind.TRUE_FALSE,
        ItemKind.NUMBER,
        ItemKind.SHORT_TEXT,
    ]
    assert read[0].prompt == "Which has 10³ parts?" and read[0].keys == ("kilo",)
    assert read[0].options == ("kilo", "mega", "milli") and read[1].keys == ("true",)
    assert outcomes(read[2], "12.5", "14") == [Outcome.RIGHT, Outcome.WRONG]
    assert read[3].keys == ("Curie",)
    assert [one.key for one in refused] == ["gift_wildcard", "qti_interaction"]


def test_a_question_with_too_many_answers_is_refused_and_none_of_them_lost():
    for kind in ("multichoice", "shortanswer", "ordering"):
        answers = "".join(f'<answer fraction="{n}"><text>a{n}</text></answer>' for n in range(50, 101))
        text = f'<quiz><question type="{kind}"><questiontext><text>Q</text></questiontext>{answers}</question></quiz>'
        assert [(one.key, one.values["count"]) for one in parse_items(text)[1]] == [("gift_many_answers", 51)]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<br>b</p><script>c</script>", "a b"),
        ("x<sup>2</sup> x<sup>a+b</sup> H<sub>2</sub>O", "x² x^(a+b) H₂O"),
        ("<span style='display: none'>no</span><b>yes", "yes"),
        ("a &lt; b &amp;amp; c", "a < b &amp; c"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac></math>", "(a+1)/2"),
        ("", ""),
        ("\x00&#0;&#x1f;a", "a"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html, text):
    assert html_text(html) == text


def test_a_picture_is_refused_by_its_name_and_deep_nesting_too():
    with pytest.raises(NeedsPicture, match="leaf"):
        html_text("<p><img alt='a leaf' src='x'></p>")
    with pytest.raises(TooDeep):
        html_text("<b>" * 100 + "a")


def test_a_file_that_is_too_long_is_refused_before_it_is_read():
    with pytest.raises(InputRefused, match="characters"):
        parse_items("a" * (MAX_CHARS + 1))


def test_a_document_with_entities_is_refused():
    text = '<!DOCTYPE quiz [<!ENTITY a "b">]><quiz><question type="essay">&a;</question></quiz>'
    with pytest.raises(InputRefused, match="safe"):
        parse_items(text)
    with pytest.raises(NotQti):
        from_qti('<!DOCTYPE a [<!ENTITY a "b">]><assessmentItem identifier="x">&a;</assessmentItem>')
