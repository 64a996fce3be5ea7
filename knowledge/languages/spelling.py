"""Spelling: how two words differ, letter by letter."""

from __future__ import annotations


def differing_tails(left: str, right: str) -> tuple[str, str]:
    """Return what follows the common beginning of two words."""
    pairs = enumerate(zip(left, right, strict=False))
    head = next((i for i, (a, b) in pairs if a != b), min(len(left), len(right)))
    return left[head:], right[head:]


def is_one_letter_apart(left: str, right: str) -> bool:
    """Whether two words differ by one letter changed, added or left out."""
    a, b = differing_tails(left, right)
    return left != right and (a[1:] == b[1:] or a[1:] == b or a == b[1:])


def has_swapped_letters(left: str, right: str) -> bool:
    """Whether two words differ only by two neighbouring letters swapped."""
    a, b = differing_tails(left, right)
    return len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:]
