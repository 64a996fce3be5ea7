"""An instructor finds questions by kind, document, skill, quality and state, and acts on many of them at once."""

from __future__ import annotations

import pytest

from tutor.assessment.items import Item, ItemKind
from tutor.errors import NotAllowed, NotFound
from tutor.practice.question_filters import NO_SKILL, ItemQuality, ListedQuestion, QuestionFilter, listing_order
from tutor.store.items import ItemOrigin, ItemState, StoredItem


def listed(
    kind=ItemKind.CLOZE, origin=ItemOrigin.GENERATED, quality: float | None = 0.7, document="d1", skill="", **other
) -> ListedQuestion:
    item = Item("i", kind, other.get("prompt", "Which one?"), ("a",), skill=skill, quality=quality)
    return ListedQuestion(StoredItem(item, "c", origin, other.get("state", ItemState.READY)), document)


def test_a_question_passes_the_filters_that_it_fits():
    one = listed(kind=ItemKind.NUMBER, quality=0.95, document="d2", skill="s1", prompt="How many cells?")
    for wanted in (
        QuestionFilter(),
        QuestionFilter("CELLS", "number", "d2", "s1", "surest", "ready"),
        QuestionFilter(quality=ItemQuality.SUREST),
    ):
        assert wanted.matches(one)
    for wanted in (
        QuestionFilter(words="atom"),
        QuestionFilter(kind="cloze"),
        QuestionFilter(document_id="d1"),
        QuestionFilter(skill=NO_SKILL),
        QuestionFilter(quality="less_sure"),
        QuestionFilter(state="banned"),
    ):
        assert not wanted.matches(one)


@pytest.mark.parametrize(
    ("origin", "quality", "expected"),
    [
        (ItemOrigin.GENERATED, 0.95, ItemQuality.SUREST),
        (ItemOrigin.GENERATED, 0.7, ItemQuality.LESS_SURE),
        (ItemOrigin.GENERATED, None, ItemQuality.PRINTED),
        (ItemOrigin.WRITTEN, None, ItemQuality.WRITTEN),
        (ItemOrigin.IMPORTED, None, ItemQuality.WRITTEN),
    ],
)
def test_the_quality_says_who_asks_and_how_sure_the_judge_is(origin, quality, expected):
    assert listed(origin=origin, quality=quality).quality is expected


def test_pinned_questions_come_first_and_banned_ones_last():
    states = [ItemState.BANNED, ItemState.READY, ItemState.PINNED]
    ordered = sorted((listed(state=state) for state in states), key=listing_order)
    assert [one.stored.state for one in ordered] == states[::-1]
    surest = sorted((listed(quality=quality) for quality in (0.7, 0.95, 0.8)), key=listing_order)
    assert [one.stored.item.quality for one in surest] == [0.95, 0.8, 0.7]


def test_many_questions_are_banned_at_once_and_all_or_none(services, programming_course, instructor):
    bank = services.item_bank
    found = bank.find_questions(instructor, programming_course.id, QuestionFilter(kind="choice"))
    ids = [one.stored.item.id for one in found]
    assert len(ids) > 1 and all(one.document_id for one in found)
    assert bank.set_states(instructor, programming_course.id, ids, ItemState.BANNED) == len(ids)
    banned = bank.find_questions(instructor, programming_course.id, QuestionFilter(state="banned"))
    assert {one.stored.item.id for one in banned} == set(ids)
    assert not {one.item.id for one in bank.askable_items(programming_course.id)} & set(ids)
    with pytest.raises(NotFound):
        bank.set_states(instructor, programming_course.id, [*ids, "of another course"], ItemState.READY)
    assert len(bank.find_questions(instructor, programming_course.id, QuestionFilter(state="banned"))) == len(ids)


def test_a_learner_neither_lists_nor_bans_questions(services, programming_course):
    learner = services.accounts.create_guest("en")[0]
    with pytest.raises(NotAllowed):
        services.item_bank.find_questions(learner, programming_course.id, QuestionFilter())
    with pytest.raises(NotAllowed):
        services.item_bank.set_states(learner, programming_course.id, [], ItemState.BANNED)
