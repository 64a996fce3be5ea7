"""Items survive an export to GIFT and QTI and back; unsupported files are refused with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.assessment.gift import NotGift, from_gift, to_gift
from tutor.assessment.items import Item, ItemKind
from tutor.assessment.qti import NotQti, from_qti, to_qti

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)
identities = st.from_regex(r"[a-z0-9]{4,16}", fullmatch=True)


@st.composite
def items(draw, kinds=tuple(ItemKind)):
    kind, identity, prompt = draw(st.sampled_from(kinds)), draw(identities), draw(phrases)
    options = tuple(draw(st.lists(phrases, min_size=3, max_size=5, unique=True)))
    match kind:
        case ItemKind.CHOICE:
            return Item(identity, kind, prompt, options[:1], options)
        case ItemKind.ORDERING:
            return Item(identity, kind, prompt, options, options[::-1])
        case ItemKind.TRUE_FALSE:
            return Item(identity, kind, prompt, (draw(st.sampled_from(["true", "false"])),))
        case ItemKind.NUMBER:
            return Item(
                identity, kind, prompt, (str(draw(st.integers(1, 9999))),), tolerance=draw(st.sampled_from([None, 0.5]))
            )
    return Item(identity, kind, prompt, options)


@settings(max_examples=50, deadline=None)
@given(items())
def test_qti_round_trips_its_subset(item):
    assert from_qti(to_qti(item)) == item


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        items((ItemKind.CHOICE, ItemKind.TRUE_FALSE, ItemKind.NUMBER, ItemKind.SHORT_TEXT)), min_size=1, max_size=2
    )
)
def test_gift_round_trips_what_gift_supports(some):
    back = from_gift(to_gift(some))
    assert [(i.id, i.kind, i.prompt, set(i.keys), i.options) for i in back] == [
        (i.id, i.kind, i.prompt, set(i.keys), i.options) for i in some
    ]


def test_foreign_gift_is_imported():
    text = """// a comment
$CATEGORY: biology

::Q1:: Where is light caught? { =thylakoid#yes ~stroma#no ~%0%nucleus }

Mitosis halves the chromosomes. {F}

How many bits are in a byte? {#8:0.5}

Who found the cell? {=Hooke =Robert Hooke}
"""
    read = from_gift(text)
    assert [item.kind for item in read] == [ItemKind.CHOICE, ItemKind.TRUE_FALSE, ItemKind.NUMBER, ItemKind.SHORT_TEXT]
    assert read[0].keys == ("thylakoid",)
    assert read[2].tolerance == 0.5 / 8


@pytest.mark.parametrize(
    "text",
    [
        "no braces",
        "match {=a -> b =c -> d}",
        "number {#x}",
        "numbers {#=1822:0 ~%50%1822:2}",
        "none {~a ~b}",
        " {=a}",
    ],
)
def test_unsupported_gift_is_refused(text):
    with pytest.raises(NotGift):
        from_gift(text)


def test_a_kind_unsupported_by_gift_is_refused_and_not_coerced():
    with pytest.raises(NotGift, match="ordering"):
        to_gift([Item("x", ItemKind.ORDERING, "Order", ("a", "b"), ("b", "a"))])


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        "<assessmentTest/>",
        "<assessmentItem identifier='x'/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><assessmentItem identifier="x">&a;</assessmentItem>',
    ],
)
def test_unsupported_or_unsafe_qti_is_refused(text):
    with pytest.raises(NotQti):
        from_qti(text)


@given(st.text(max_size=200))
def test_any_import_text_is_parsed_or_refused(text):
    for read, refusal in ((from_gift, NotGift), (from_qti, NotQti)):
        try:
            read(text)
        except refusal:
            continue
