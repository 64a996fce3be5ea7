"""Numbers in GIFT: values with an absolute margin, ranges, several values; a number with a unit is not one of them."""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from tutor.assessment.gift_syntax import GiftQuestion, NotGift, parse_answers
from tutor.assessment.items import Item
from tutor.assessment.number_grading import parse_range
from tutor.assessment.quantities import parse_quantity

FIGURES = 15  # of a margin that is computed from a tolerance
MAX_RELATIVE = 10**6  # a margin that is larger is part of its key
_CONTEXT = Context(prec=400)


def parse_gift_numbers(question: GiftQuestion) -> tuple[tuple[str, ...], float | None]:
    """Return the keys that earn full credit and their relative tolerance.

    A margin that no single relative tolerance expresses is part of its key ("0 ± 0.5"). Raises NotGift.
    """
    body = question.body[1:].strip()
    written = [answer.text for answer in parse_answers(body) if answer.is_right] if body[:1] in "=~" else [body]
    if "~" in body or not written or not all(written):
        raise _no_number(question, body)
    split = [_split_margin(text, question) for text in written]
    if len(split) == 1:
        value, margin = split[0]
        size = Fraction(0) if margin is None else abs(_number(value, question))
        if margin is not None and size and margin <= size * MAX_RELATIVE:
            return (value,), float(f"{float(margin / size):.{FIGURES}g}")
    return tuple(value if not margin else f"{value} ± {_plain(margin)}" for value, margin in split), (
        0.0 if any(margin == 0 for _, margin in split) else None
    )


def format_gift_number(key: str, item: Item) -> str:
    """Return a key as a number with its margin; raises NotGift for a key that is no plain number."""
    if (bounds := parse_range(key)) is not None:
        return f"{_plain(bounds[0])}..{_plain(bounds[1])}"
    quantity = parse_quantity(key)
    is_plain = quantity is not None and quantity.is_dimensionless and not quantity.is_percent
    if quantity is None or not is_plain or not _is_finite_decimal(quantity.value):
        raise NotGift(
            f"question {item.id}: the number {key!r} has a unit or no end; GIFT has no such numbers, export it as QTI",
            key="gift_unit",
            prompt=item.prompt[:60],
            text=key[:40],
        )
    margin = None if item.tolerance is None else Fraction(item.tolerance) * abs(quantity.value)
    return _plain(quantity.value) + ("" if margin is None else f":{float(margin):.{FIGURES}g}")


def _split_margin(text: str, question: GiftQuestion) -> tuple[str, Fraction | None]:
    if ".." in text:
        bounds = parse_range(text)
        if bounds is None:
            raise _no_number(question, text)
        return f"{_plain(bounds[0])}..{_plain(bounds[1])}", None
    value, colon, margin = (part.strip() for part in text.partition(":"))
    number = _number(value, question)
    size = _number(margin, question) if colon and margin else None
    if size is not None and size < 0:
        raise _no_number(question, text)
    return (value if _is_float(value) else _plain(number)), size


def _is_float(text: str) -> bool:
    """Whether text is a number as programs write it."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text


def _number(text: str, question: GiftQuestion) -> Fraction:
    quantity = parse_quantity(text)
    if quantity is None or not quantity.is_dimensionless or quantity.is_percent:
        raise _no_number(question, text)
    return quantity.value


def _no_number(question: GiftQuestion, text: str) -> NotGift:
    return NotGift(
        f"question {question.number}: {text[:40]!r} is not a number",
        key="gift_no_number",
        text=text[:40],
        prompt=question.prompt[:60],
    )


def _is_finite_decimal(value: Fraction) -> bool:
    under = value.denominator
    for prime in (2, 5):
        while under % prime == 0:
            under //= prime
    return under == 1


def _plain(value: Fraction) -> str:
    """Return a number as the decimal that it is, without an exponent unless it is very long."""
    exact = _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    plain = format(exact, "f")
    return plain if len(plain) <= 25 else str(exact.normalize())
