"""Items as QTI 2.1 assessment items, out and in: choice, true/false, number, short text, gap and order.

One XML document an item. Reading goes through defusedxml: no entities, no external parts. The kind that QTI does not
know (a formula, a gap) is kept in the item's `label`.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from tutor.assessment.items import Item, ItemKind
from tutor.errors import InputRefused

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
MAX_CHARS = 1_000_000
_CHOICE_INTERACTIONS = {
    ItemKind.CHOICE: "choiceInteraction",
    ItemKind.TRUE_FALSE: "choiceInteraction",
    ItemKind.ORDERING: "orderInteraction",
}
_TRUE_FALSE = ("true", "false")


class NotQti(InputRefused):
    """This document is not an item of our subset of QTI 2.1."""


def to_qti(item: Item) -> str:
    """Write one item as an XML document."""
    root = Element("assessmentItem", {"xmlns": NAMESPACE, "identifier": item.id, "title": item.prompt[:60]})
    root.attrib |= {"label": item.kind.value, "adaptive": "false", "timeDependent": "false"}
    options = _TRUE_FALSE if item.kind is ItemKind.TRUE_FALSE else item.options
    declaration = SubElement(root, "responseDeclaration", {"identifier": "RESPONSE", **_response_type(item)})
    correct = SubElement(declaration, "correctResponse")
    for key in item.keys:
        SubElement(correct, "value").text = f"o{options.index(key)}" if item.kind in _CHOICE_INTERACTIONS else key
    if item.tolerance is not None:
        declaration.set("tolerance", repr(item.tolerance))
    body = SubElement(root, "itemBody")
    if item.kind in _CHOICE_INTERACTIONS:
        _write_options(body, item, options)
    else:
        SubElement(body, "p").text = item.prompt
        SubElement(body, "extendedTextInteraction", {"responseIdentifier": "RESPONSE"})
    return tostring(root, encoding="unicode")


def _response_type(item: Item) -> dict[str, str]:
    if item.kind in _CHOICE_INTERACTIONS:
        single = item.kind is not ItemKind.ORDERING and len(item.keys) == 1
        cardinality = "single" if single else "ordered" if item.kind is ItemKind.ORDERING else "multiple"
        return {"cardinality": cardinality, "baseType": "identifier"}
    cardinality = "ordered" if item.kind is ItemKind.LIST else "multiple" if len(item.keys) > 1 else "single"
    return {"cardinality": cardinality, "baseType": "string"}


def _write_options(body: Element, item: Item, options: tuple[str, ...]) -> None:
    interaction = SubElement(
        body, _CHOICE_INTERACTIONS[item.kind], {"responseIdentifier": "RESPONSE", "shuffle": "false"}
    )
    SubElement(interaction, "prompt").text = item.prompt
    for number, option in enumerate(options):
        SubElement(interaction, "simpleChoice", {"identifier": f"o{number}"}).text = option


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
    kind = _kind(root.get("label"), _local_name(interaction), tuple(choices.values()))
    declared = next((e for e in root.iter() if _local_name(e) == "responseDeclaration"), None)
    tolerance = declared.get("tolerance") if declared is not None else None
    prompt = next((_text(e) for e in root.iter() if _local_name(e) in ("prompt", "p") and _text(e)), "")
    options = () if kind is ItemKind.TRUE_FALSE else tuple(choices.values())
    try:
        keys = tuple(choices[value] if choices else value for value in values)
        return Item(
            root.get("identifier") or "", kind, prompt, keys, options, None if tolerance is None else float(tolerance)
        )
    except (KeyError, ValueError) as error:
        raise NotQti(
            f"the item {root.get('identifier')!r} does not hold together: {error}",
            key="item_incomplete",
            prompt=prompt[:60],
        ) from error


def _kind(label: str | None, interaction: str, choices: tuple[str, ...]) -> ItemKind:
    if label in set(ItemKind):
        return ItemKind(label)
    if interaction == "orderInteraction":
        return ItemKind.ORDERING
    if interaction == "choiceInteraction":
        return ItemKind.TRUE_FALSE if tuple(c.lower() for c in choices) == _TRUE_FALSE else ItemKind.CHOICE
    if interaction in ("extendedTextInteraction", "textEntryInteraction"):
        return ItemKind.SHORT_TEXT
    raise NotQti(f"{interaction} is not read", key="qti_interaction", name=interaction)


def _local_name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
