"""Items as QTI 2.1 assessment items, export and import, one XML document an item.

Reading goes through defusedxml: no entities, no external parts. A kind that QTI does not know (a formula, a gap) is
written to the item's `label`.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tutor.assessment.items import Item
from tutor.assessment.question_types.base import QuestionType
from tutor.assessment.question_types.registry import QUESTION_TYPES, question_type, question_types
from tutor.errors import InputRefused

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MAX_CHARS = 1_000_000


class NotQti(InputRefused):
    """This document is not an item of our subset of QTI 2.1."""


def to_qti(item: Item) -> str:
    """Write one item as an XML document."""
    its_type = question_type(item.kind)
    choices = its_type.qti_choices(item)
    root = Element("assessmentItem", {"xmlns": NAMESPACE, "identifier": item.id, "title": item.prompt[:60]})
    root.attrib |= {"label": item.kind.value, "adaptive": "false", "timeDependent": "false"}
    response = {"cardinality": its_type.qti_cardinality(item), "baseType": "identifier" if choices else "string"}
    declaration = SubElement(root, "responseDeclaration", {"identifier": "RESPONSE", **response})
    correct = SubElement(declaration, "correctResponse")
    for key in item.keys:
        SubElement(correct, "value").text = f"o{choices.index(key)}" if choices else key
    if item.tolerance is not None:
        declaration.set("tolerance", repr(item.tolerance))
    body = SubElement(root, "itemBody")
    if choices:
        _write_choices(body, item, its_type.qti_interaction, choices)
    else:
        SubElement(body, "p").text = item.prompt
        SubElement(body, "extendedTextInteraction", {"responseIdentifier": "RESPONSE"})
    return tostring(root, encoding="unicode")


def _write_choices(body: Element, item: Item, name: str, choices: tuple[str, ...]) -> None:
    interaction = SubElement(body, name, {"responseIdentifier": "RESPONSE", "shuffle": "false"})
    SubElement(interaction, "prompt").text = item.prompt
    for number, choice in enumerate(choices):
        SubElement(interaction, "simpleChoice", {"identifier": f"o{number}"}).text = choice


def from_qti(text: str) -> Item:
    """Read one item; raises NotQti."""
    if len(text) > MAX_CHARS:
        raise NotQti(
            f"the document has {len(text)} characters, at most {MAX_CHARS} are read",
            key="items_too_long",
            count=len(text),
            most=MAX_CHARS,
        )
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotQti(f"the document is not safe, well-formed XML ({type(error).__name__})", key="qti_no_xml") from error
    if _local_name(root) != "assessmentItem":
        raise NotQti(
            f"the document is a {_local_name(root)!r}, not an assessmentItem", key="qti_no_item", name=_local_name(root)
        )
    return _parse_item(root)


def _parse_item(root: Any) -> Item:
    interaction = next((e for e in root.iter() if _local_name(e).endswith("Interaction")), None)
    values = [_text(e) for e in root.iter() if _local_name(e) == "value"]
    if interaction is None or not values:
        raise NotQti(
            f"the item {root.get('identifier')!r} has no interaction or no correct response",
            key="qti_no_response",
            item=root.get("identifier") or "?",
        )
    choices = {e.get("identifier"): _text(e) for e in interaction.iter() if _local_name(e) == "simpleChoice"}
    its_type = _question_type(root.get("label"), _local_name(interaction), tuple(choices.values()))
    declared = next((e for e in root.iter() if _local_name(e) == "responseDeclaration"), None)
    tolerance = declared.get("tolerance") if declared is not None else None
    prompt = next((_text(e) for e in root.iter() if _local_name(e) in ("prompt", "p") and _text(e)), "")
    options = its_type.options_from_qti(tuple(choices.values()))
    try:
        keys = tuple(choices[value] if choices else value for value in values)
        margin = None if tolerance is None else float(tolerance)
        return Item(root.get("identifier") or "", its_type.kind, prompt, keys, options, margin)
    except (KeyError, ValueError) as error:
        raise NotQti(
            f"the item {root.get('identifier')!r} is inconsistent: {error}",
            key="item_incomplete",
            prompt=prompt[:60],
        ) from error


def _question_type(label: str | None, interaction: str, choices: tuple[str, ...]) -> QuestionType:
    """Return the type that the label names, or the one that reads such an interaction."""
    if label in QUESTION_TYPES:
        return question_type(label)
    for each in question_types():
        if each.reads_qti(interaction, choices):
            return each
    raise NotQti(f"{interaction} is not supported", key="qti_interaction", name=interaction)


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
