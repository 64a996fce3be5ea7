"""Items as QTI 2.1 assessment items, one XML document an item; imports QTI 2.1, 2.2 and 3.0.

Reading goes through defusedxml: no entities, no external parts. A kind that QTI does not know (a formula, a gap) is
written to the item's `label`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tutor.assessment.items import Item
from tutor.assessment.qti_reader import NotQti as NotQti
from tutor.assessment.qti_reader import read_item
from tutor.assessment.question_types.registry import question_type

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MAX_CHARS = 100_000  # of one item
_ITEM_NAMES = ("assessmentItem", "qti-assessment-item")


def to_qti(item: Item) -> str:
    """Write one item as an XML document."""
    its_type = question_type(item.kind)
    choices = its_type.qti_choices(item)
    root = Element("assessmentItem", {"xmlns": NAMESPACE, "identifier": item.id, "title": item.prompt[:60]})
    root.attrib |= {"label": item.kind.value, "adaptive": "false", "timeDependent": "false"}
    cardinality = "single" if its_type.keys_are_alternatives else its_type.qti_cardinality(item)
    response = {"cardinality": cardinality, "baseType": "identifier" if choices else "string"}
    declaration = SubElement(root, "responseDeclaration", {"identifier": "RESPONSE", **response})
    values = [f"o{choices.index(key)}" if choices else key for key in item.keys]
    _write_keys(declaration, values, alternatives=its_type.keys_are_alternatives)
    body = SubElement(root, "itemBody")
    if choices:
        _write_choices(body, item, its_type.qti_interaction, choices)
    else:
        SubElement(body, "p").text = item.prompt
        SubElement(body, "extendedTextInteraction", {"responseIdentifier": "RESPONSE"})
    if item.tolerance is not None:
        _write_tolerance(root, item.tolerance)
    return tostring(root, encoding="unicode")


def _write_keys(declaration: Element, values: list[str], *, alternatives: bool) -> None:
    """Write the correct response; values of which each is a whole answer are mapped to full credit."""
    correct = SubElement(declaration, "correctResponse")
    for value in values[:1] if alternatives else values:
        SubElement(correct, "value").text = value
    if alternatives and len(values) > 1:
        mapping = SubElement(declaration, "mapping", {"defaultValue": "0"})
        for value in values:
            SubElement(mapping, "mapEntry", {"mapKey": value, "mappedValue": "1"})


def _write_tolerance(root: Element, tolerance: float) -> None:
    percent = str(Decimal(repr(tolerance)) * 100)
    processing = SubElement(root, "responseProcessing")
    met = SubElement(SubElement(processing, "responseCondition"), "responseIf")
    equal = SubElement(met, "equal", {"toleranceMode": "relative", "tolerance": f"{percent} {percent}"})
    SubElement(equal, "variable", {"identifier": "RESPONSE"})
    SubElement(equal, "correct", {"identifier": "RESPONSE"})


def _write_choices(body: Element, item: Item, name: str, choices: tuple[str, ...]) -> None:
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "false"}
    if name == "choiceInteraction":
        attributes["maxChoices"] = "1"
    interaction = SubElement(body, name, attributes)
    SubElement(interaction, "prompt").text = item.prompt
    for number, choice in enumerate(choices):
        SubElement(interaction, "simpleChoice", {"identifier": f"o{number}"}).text = choice


def from_qti(text: str) -> Item:
    """Read one item; raises InputRefused."""
    if len(text) > MAX_CHARS:
        raise NotQti(
            f"the document has {len(text)} characters, at most {MAX_CHARS} are read",
            key="items_too_long",
            count=len(text),
            most=MAX_CHARS,
        )
    try:
        root = fromstring(text.removeprefix("\ufeff"))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotQti(f"the document is not safe, well-formed XML ({type(error).__name__})", key="qti_no_xml") from error
    return read_item(root)


def split_documents(text: str) -> Iterator[str]:
    """Yield the items of a text that may have several documents or a package's items in one file."""
    for name in _ITEM_NAMES:
        end = 0
        while (start := _find_tag(text, name, end)) >= 0:
            close = text.find(f"{name}>", start)
            if close < 0:
                return
            end = close + len(name) + 1
            yield text[start:end]


def _find_tag(text: str, name: str, start: int) -> int:
    """Return where the next start tag of a name begins, with or without a prefix; -1 where there is none."""
    at = text.find(name, start)
    while at >= 0:
        begin = text.rfind("<", max(start, at - 40), at)
        prefix = text[begin + 1 : at] if begin >= 0 else "?"
        is_whole = text[at + len(name) : at + len(name) + 1] in (">", "/", " ", "\n", "\t")
        if is_whole and (prefix == "" or (prefix.endswith(":") and prefix[:-1].isalnum())):
            return begin
        at = text.find(name, at + len(name))
    return -1
