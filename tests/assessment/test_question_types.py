"""Every kind of question has every ability of a question, and a new kind needs a class and a registry entry only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import cast

import pytest

from tutor.assessment.gift import from_gift, to_gift
from tutor.assessment.gift_syntax import GiftQuestion, NotGift, escape, make_gift_item, unescape
from tutor.assessment.grading import Grader, has_answer_form
from tutor.assessment.items import Grade, Item, ItemKind, ItemSource, right_grade, wrong_grade
from tutor.assessment.qti import from_qti, to_qti
from tutor.assessment.question_types.base import AnswerControl, GradingContext, QuestionType, QuestionView, ViewOption
from tutor.assessment.question_types.registry import (
    QUESTION_TYPES,
    UnknownKind,
    authorable_types,
    question_type,
    question_types,
)
from tutor.domain import BLANK, Outcome
from tutor.locales import CATALOGS, find_message
from tutor.pedagogy.question_lifecycle import PosedQuestion
from tutor.practice.quiz_hints import quiz_hint
from tutor.store.posed_questions import PosedQuestionRecord
from tutor.ui import practice_view

SOURCE = ItemSource("p1", "A loop is a code block that repeats 8 times.")
ITEMS = {
    ItemKind.CHOICE: Item("i", ItemKind.CHOICE, "Which?", ("loop",), ("file", "loop", "string", "set"), source=SOURCE),
    ItemKind.TRUE_FALSE: Item("i", ItemKind.TRUE_FALSE, "True or false: a loop repeats.", ("true",), source=SOURCE),
    ItemKind.NUMBER: Item("i", ItemKind.NUMBER, "How many times?", ("8",), tolerance=0.5, source=SOURCE),
    ItemKind.FORMULA: Item("i", ItemKind.FORMULA, "Which line?", ("3x+2", "y=3x+2")),
    ItemKind.SET: Item("i", ItemKind.SET, "Which phases?", ("prophase", "anaphase")),
    ItemKind.LIST: Item("i", ItemKind.LIST, "Which phases, in order?", ("prophase", "anaphase")),
    ItemKind.ORDERING: Item("i", ItemKind.ORDERING, "Put in order.", ("a1", "b2", "c3"), ("c3", "a1", "b2")),
    ItemKind.CLOZE: Item("i", ItemKind.CLOZE, f"Fill the gap: A {BLANK} repeats.", ("loop",), source=SOURCE),
    ItemKind.SHORT_TEXT: Item("i", ItemKind.SHORT_TEXT, "What is a loop?", ("A block that repeats.",), source=SOURCE),
    ItemKind.CHEMISTRY: Item("i", ItemKind.CHEMISTRY, "Balance it.", ("2H2 + O2 -> 2H2O",)),
    ItemKind.CODE: Item("i", ItemKind.CODE, "Print one.", ("print(1)",)),
}
NOT_GRADED_AUTOMATICALLY = {ItemKind.CHEMISTRY, ItemKind.CODE}
IN_GIFT = {ItemKind.CHOICE, ItemKind.TRUE_FALSE, ItemKind.NUMBER, ItemKind.SHORT_TEXT, ItemKind.CLOZE}
every_kind = pytest.mark.parametrize("kind", list(ItemKind))


def posed(item: Item) -> PosedQuestionRecord:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return PosedQuestionRecord(
        PosedQuestion("q", item.id, "ada", now, now + timedelta(days=7)), item, "course", None, 0
    )


def test_every_kind_is_registered_and_an_unknown_one_says_where_to_add_it() -> None:
    assert set(QUESTION_TYPES) == set(ItemKind) and len(question_types()) == len(ItemKind)
    assert all(question_type(kind).kind is kind for kind in ItemKind)
    with pytest.raises(UnknownKind, match=r"registry\.py"):
        question_type("riddle")


@every_kind
def test_the_own_key_is_graded_right_or_left_to_the_instructor(kind: ItemKind) -> None:
    item = ITEMS[kind]
    answer = question_type(kind).own_answer(item)
    assert has_answer_form(item, answer)
    expected = Outcome.UNSURE if kind in NOT_GRADED_AUTOMATICALLY else Outcome.RIGHT
    assert Grader().grade(item, answer).outcome is expected


@every_kind
def test_qti_round_trips_the_item(kind: ItemKind) -> None:
    back = from_qti(to_qti(ITEMS[kind]))
    for name in ("id", "kind", "prompt", "keys", "options", "tolerance"):
        assert getattr(back, name) == getattr(ITEMS[kind], name)


@every_kind
def test_gift_round_trips_the_item_or_refuses_it(kind: ItemKind) -> None:
    if kind not in IN_GIFT:
        with pytest.raises(NotGift, match=kind.value):
            to_gift([ITEMS[kind]])
        return
    (back,) = from_gift(to_gift([ITEMS[kind]]))
    assert back.kind is kind
    for name in ("id", "prompt", "keys", "options", "tolerance"):
        assert getattr(back, name) == getattr(ITEMS[kind], name)


@every_kind
def test_the_page_shows_the_prompt_and_a_way_to_answer_but_no_key(kind: ItemKind) -> None:
    view = question_type(kind).view(ITEMS[kind])
    assert view.prompt == ITEMS[kind].prompt
    assert (view.control is AnswerControl.WRITE) == (not view.options)
    choices = practice_view.option_choices(posed(ITEMS[kind]), "en")
    assert [value for _, value in choices] == [option.value for option in view.options]


@pytest.mark.parametrize("language", list(CATALOGS))
@every_kind
def test_every_language_names_the_kind_and_says_how_to_answer(kind: ItemKind, language: str) -> None:
    its_type = question_type(kind)
    labels = [key for option in its_type.view(ITEMS[kind]).options for key in (option.label, option.wording) if key]
    for key in (its_type.label, its_type.instruction, *labels):
        assert find_message(language, key)


@pytest.mark.parametrize("language", list(CATALOGS))
@every_kind
def test_every_hint_is_worded_without_the_key(kind: ItemKind, language: str) -> None:
    for number in (2, 3):
        hint = quiz_hint(ITEMS[kind], number, "", language)
        assert hint
        if kind not in (ItemKind.ORDERING, ItemKind.LIST):  # whose hints give a pair of elements
            assert question_type(kind).own_answer(ITEMS[kind]) not in hint


def test_the_kinds_to_write_are_offered_in_their_order() -> None:
    assert [each.kind.value for each in authorable_types()] == [
        "choice",
        "true_false",
        "number",
        "cloze",
        "short_text",
        "ordering",
        "set",
        "formula",
    ]


class ToyKind(StrEnum):
    MIRROR = "mirror"


class Mirror(QuestionType):
    """A toy: the answer is the key spelled backwards; GIFT writes it behind an @."""

    kind = cast(ItemKind, ToyKind.MIRROR)
    control = AnswerControl.PICK
    keys_are_alternatives = True
    qti_interaction = "choiceInteraction"

    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        return right_grade("right_option") if answer in item.keys else wrong_grade("other_option")

    def has_answer_form(self, item: Item, answer: str) -> bool:
        return answer.isalpha()

    def view(self, item: Item) -> QuestionView:
        return QuestionView(item.prompt, self.control, tuple(map(ViewOption, (item.keys[0], item.keys[0][::-1]))))

    def hint(self, item: Item, number: int, language: str) -> str:
        return f"It begins with {item.keys[0][0]}."

    def to_gift(self, item: Item) -> str:
        return f"@{escape(item.keys[0])}"

    def from_gift(self, question: GiftQuestion) -> Item | None:
        if not question.body.startswith("@"):
            return None
        return make_gift_item(question, self.kind, (unescape(question.body[1:]),))


def test_a_new_type_works_in_grading_exchange_hints_and_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTION_TYPES, ToyKind.MIRROR, Mirror())
    item = Item("m", cast(ItemKind, ToyKind.MIRROR), "Spell loop backwards.", ("pool",))
    assert Grader().grade(item, "pool").outcome is Outcome.RIGHT
    assert Grader().grade(item, "loop").outcome is Outcome.WRONG
    assert not has_answer_form(item, "123")
    assert from_gift(to_gift([item])) == [item]
    assert from_qti(to_qti(item)) == item
    assert practice_view.option_choices(posed(item), "en") == [("pool", "pool"), ("loop", "loop")]
    assert practice_view.format_answer(posed(item), "pool", "zh") == "pool"
    assert quiz_hint(item, 2, "", "en") == "It begins with p."
