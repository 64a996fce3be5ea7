"""Look-alikes are never right, each way round, through the door that learners' answers take."""

from __future__ import annotations

from itertools import permutations

import pytest

from tutor.assessment.items import Kind
from tutor.domain import Course, Outcome, Person
from tutor.services import House
from tutor.store.items import ItemState

PAIRS = [
    (Kind.CLOZE, "mitosis", "meiosis"),
    (Kind.SHORT_TEXT, "mitosis", "meiosis"),
    (Kind.NUMBER, "-12", "12"),
    (Kind.NUMBER, "−12", "12"),
    (Kind.CLOZE, "hypertension", "hypotension"),
    (Kind.SHORT_TEXT, "hypertension", "hypotension"),
    (Kind.SHORT_TEXT, "linearly independent", "not linearly independent"),
    (Kind.SHORT_TEXT, "the vectors are linearly independent", "the vectors are not linearly independent"),
    (Kind.CLOZE, "linearly independent", "not linearly independent"),
    (Kind.FORMULA, "3x+2", "3x-2"),
    (Kind.CLOZE, "afferent", "efferent"),
    (Kind.SHORT_TEXT, "the afferent nerve", "the efferent nerve"),
]
BOTH_WAYS = [(kind, key, said) for kind, *pair in PAIRS for key, said in permutations(pair)]


def posed(house: House, course: Course, instructor: Person, who: Person, kind: Kind, key: str) -> str:
    prompt = {Kind.CLOZE: "Fill the gap: It is _____ here.", Kind.FORMULA: "Which term is it?"}.get(kind, "What is it?")
    item = house.questions.write(instructor, course.id, kind, prompt, [key])
    for other in house.questions.pool(course.id):
        state = ItemState.PINNED if other.item.id == item.id else ItemState.BANNED
        house.questions.set_state(instructor, other.item.id, state)
    (row,) = house.practice.start(who, course.id).questions
    assert row.item.id == item.id
    return row.posed.id


@pytest.mark.parametrize(("kind", "key", "said"), BOTH_WAYS)
def test_a_look_alike_is_never_right_and_moves_nothing_up(
    house: House, course: Course, instructor: Person, ada: Person, kind: Kind, key: str, said: str
) -> None:
    posed_id = posed(house, course, instructor, ada, kind, key)
    taken = house.practice.answer(ada, posed_id, "s1", said).row
    assert taken.last is not None and taken.last.grade is not None
    assert taken.last.grade.outcome in (Outcome.WRONG, Outcome.UNSURE)
    assert taken.last.grade.reasons


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, key, _ in PAIRS])
def test_the_key_itself_is_right(
    house: House, course: Course, instructor: Person, ada: Person, kind: Kind, key: str
) -> None:
    posed_id = posed(house, course, instructor, ada, kind, key)
    taken = house.practice.answer(ada, posed_id, "s1", key).row
    assert taken.last is not None and taken.last.grade is not None
    assert taken.last.grade.outcome is Outcome.RIGHT
