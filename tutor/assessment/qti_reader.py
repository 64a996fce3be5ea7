"""Reads one assessment item of QTI 2.1, 2.2 or 3.0: one interaction, whose key and scoring are stated.

Feedback and notes for scorers are no part of a question. What would need more than one answer field, a picture, a
computed value or a program is refused with the reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tutor.assessment.items import Item, ItemKind
from tutor.assessment.markup import element_text, local_name
from tutor.assessment.question_types.registry import QUESTION_TYPES, question_type, question_types
from tutor.assessment.question_types.unordered_set import with_options
from tutor.domain import BLANK
from tutor.errors import InputRefused

MAX_CHOICES = 50
_CHOICES = frozenset({"simpleChoice", "inlineChoice"})
_TEXT_FIELDS = frozenset({"textEntryInteraction", "extendedTextInteraction"})
_READ = _TEXT_FIELDS | {"choiceInteraction", "inlineChoiceInteraction", "orderInteraction"}
_COMPUTED = frozenset({"templateDeclaration", "templateProcessing", "customOperator"})
_NUMBERS = frozenset({"float", "integer"})
_KEBAB = re.compile(r"-([a-z])")
_GAP = "\0"  # stands for the field until the text is whole; XML cannot contain it
_TOUCHED_BEFORE, _TOUCHED_BEHIND = re.compile(rf"(?<=\w){_GAP}"), re.compile(rf"{_GAP}(?=\w)")
_END_OF_PROMPT = re.compile(rf"(?<=[?.:!])\s*{BLANK}\s*[.?]?$|^{BLANK}$")


class NotQti(InputRefused):
    """This document is not an item of our subset of QTI."""


@dataclass(frozen=True, slots=True)
class _Response:
    """What a response declaration says: the correct values, and the credit that a mapping gives to each."""

    cardinality: str
    base_type: str
    correct: tuple[str, ...]
    credits: Mapping[str, float]
    tolerance: str | None

    def full_credit_values(self) -> tuple[str, ...]:
        """Return the values with full credit, the declared ones first."""
        most = max(self.credits.values(), default=0.0)
        full = [value for value, credit in self.credits.items() if most > 0 and credit >= most]
        if self.correct and self.cardinality != "single":
            return self.correct
        declared = [value for value in self.correct if self.credits.get(value, most) >= most]
        return tuple(dict.fromkeys((*declared, *full)))


def read_item(root: Any) -> Item:
    """Return the item of a parsed document; raises InputRefused."""
    _unify_names(root)
    identifier = root.get("identifier") or "?"
    if local_name(root) != "assessmentItem":
        raise NotQti(
            f"the document is a {local_name(root)!r}, not an assessmentItem", key="qti_no_item", name=local_name(root)
        )
    computed = next((local_name(e) for e in root.iter() if local_name(e) in _COMPUTED), "")
    if computed or root.get("adaptive") == "true":
        name = computed or "adaptive"
        raise NotQti(f"{name} is not supported", key="qti_interaction", name=name)
    interaction = _only_interaction(root, identifier)
    response = _read_response(root, interaction, identifier)
    try:
        return _make_item(root, interaction, response)
    except (KeyError, ValueError) as error:
        raise NotQti(
            f"the item {identifier!r} is inconsistent: {error}", key="item_incomplete", prompt=identifier
        ) from error


def _unify_names(root: Any) -> None:
    """Give the elements and attributes of QTI 3 (qti-choice-interaction) the names of QTI 2 (choiceInteraction)."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = local_name(element)
        if name.startswith("qti-"):
            element.tag = _camel(name.removeprefix("qti-"))
            for attribute in [one for one in element.attrib if "-" in one and not one.startswith("data-")]:
                element.set(_camel(attribute), element.attrib.pop(attribute))


def _camel(name: str) -> str:
    return _KEBAB.sub(lambda match: match[1].upper(), name)


def _only_interaction(root: Any, identifier: str) -> Any:
    found = [e for e in root.iter() if isinstance(e.tag, str) and local_name(e).endswith("Interaction")]
    if not found:
        raise NotQti(
            f"the item {identifier!r} has no interaction or no correct response",
            key="qti_no_response",
            item=identifier,
        )
    if len(found) > 1:
        raise NotQti(
            f"the item {identifier!r} has {len(found)} places for an answer; only items with one are supported",
            key="qti_several",
            item=identifier,
            count=len(found),
        )
    name = local_name(found[0])
    if name not in _READ:
        raise NotQti(f"{name} is not supported", key="qti_interaction", name=name)
    return found[0]


def _read_response(root: Any, interaction: Any, identifier: str) -> _Response:
    asked = interaction.get("responseIdentifier")
    declared = [e for e in root.iter() if local_name(e) == "responseDeclaration"]
    own = next((e for e in declared if e.get("identifier") == asked), None)
    if own is None:
        raise NotQti(
            f"the item {identifier!r} has no interaction or no correct response",
            key="qti_no_response",
            item=identifier,
        )
    values = [
        element_text(value)
        for correct in own
        if local_name(correct) == "correctResponse"
        for value in correct
        if local_name(value) == "value"
    ]
    credits = {e.get("mapKey") or "": _number(e.get("mappedValue")) for e in own.iter() if local_name(e) == "mapEntry"}
    response = _Response(
        own.get("cardinality") or "single", own.get("baseType") or "", tuple(values), credits, _tolerance(root, own)
    )
    if not response.full_credit_values():
        raise NotQti(
            f"the item {identifier!r} has no interaction or no correct response",
            key="qti_no_response",
            item=identifier,
        )
    return response


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _tolerance(root: Any, declaration: Any) -> str | None:
    """Return the tolerance of a number: "0.5" (relative) or "± 0.05" (absolute); None where there is none."""
    if (own := declaration.get("tolerance")) is not None:
        return str(own)
    for equal in root.iter():
        if local_name(equal) != "equal" or equal.get("toleranceMode") not in ("absolute", "relative"):
            continue
        margins = [Decimal(part) for part in (equal.get("tolerance") or "").split() if _is_decimal(part)]
        if margins:
            widest = min(margins)  # of two sides that differ, the one that both allow
            return f"± {widest}" if equal.get("toleranceMode") == "absolute" else str(widest / 100)
    return None


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _make_item(root: Any, interaction: Any, response: _Response) -> Item:
    identifier, name = root.get("identifier") or "", local_name(interaction)
    choices = {e.get("identifier"): element_text(e) for e in interaction.iter() if local_name(e) in _CHOICES}
    if len(choices) > MAX_CHOICES:
        raise ValueError(f"there are more than {MAX_CHOICES} choices")
    prompt = _read_prompt(root, interaction, inline=name in ("textEntryInteraction", "inlineChoiceInteraction"))
    keys = tuple(choices[key] if choices else key for key in response.full_credit_values())
    options = tuple(choices.values())
    label = root.get("label")
    if label in QUESTION_TYPES:
        its_type = question_type(label)
        options = its_type.options_from_qti(options)
        return Item(identifier, its_type.kind, prompt, keys, options, _relative(response.tolerance))
    if name in _TEXT_FIELDS:
        return _typed_item(identifier, prompt, keys, response)
    if name != "orderInteraction" and response.cardinality == "multiple":
        return Item(identifier, ItemKind.SET, with_options(prompt, options), keys)
    for each in question_types():
        if each.reads_qti("choiceInteraction" if name == "inlineChoiceInteraction" else name, options):
            return Item(identifier, each.kind, prompt, keys, each.options_from_qti(options))
    raise NotQti(f"{name} is not supported", key="qti_interaction", name=name)


def _typed_item(identifier: str, prompt: str, keys: tuple[str, ...], response: _Response) -> Item:
    """Return a number, a gap or a short answer. Several values that are wanted together are a set or a list."""
    if response.cardinality in ("multiple", "ordered") and len(keys) > 1:
        kind = ItemKind.SET if response.cardinality == "multiple" else ItemKind.LIST
        return Item(identifier, kind, prompt, keys)
    if response.base_type in _NUMBERS:
        absolute = (response.tolerance or "").startswith("±")
        values = tuple(f"{key} {response.tolerance}" for key in keys) if absolute else keys
        relative = None if absolute else response.tolerance
        return Item(identifier, ItemKind.NUMBER, prompt, values, tolerance=_relative(relative))
    return Item(identifier, ItemKind.CLOZE if BLANK in prompt else ItemKind.SHORT_TEXT, prompt, keys)


def _relative(tolerance: str | None) -> float | None:
    """Return a relative tolerance as a number; raises ValueError for one that is none, or without end."""
    value = None if tolerance is None else float(tolerance)
    if value is not None and not 0 <= value < math.inf:
        raise ValueError(f"the tolerance is {value}")
    return value


def _read_prompt(root: Any, interaction: Any, *, inline: bool) -> str:
    """Return all that the body says; a field inside a sentence becomes a gap, one behind it is left out."""
    body = next((e for e in root.iter() if local_name(e) == "itemBody"), root)

    def replace(element: Any) -> str | None:
        if element is not interaction:
            return None
        if inline:
            return _GAP
        own = next((e for e in element if local_name(e) == "prompt"), None)
        return f" {element_text(own)} " if own is not None else " "

    text = _TOUCHED_BEHIND.sub(f"{_GAP} ", _TOUCHED_BEFORE.sub(f" {_GAP}", element_text(body, replace)))
    text = text.replace(_GAP, BLANK)
    return _END_OF_PROMPT.sub("", text).strip() if inline else text
