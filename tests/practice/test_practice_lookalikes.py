"""Look-alikes are never right in either direction, when submitted the way learners submit answers."""

from __future__ import annotations

from itertools import permutations

import pytest

from tutor.assessment.items import ItemKind
from tutor.domain import Course, Outcome, Person
from tutor.services import Services
from tutor.store.items import ItemState

PAIRS = [
    (ItemKind.CLOZE, "mitosis", "meiosis"),
    (ItemKind.SHORT_TEXT, "mitosis", "meiosis"),
    (ItemKind.NUMBER, "-12", "12"),
    (ItemKind.NUMBER, "−12", "12"),
    (ItemKind.CLOZE, "hypertension", "hypotension"),
    (ItemKind.SHORT_TEXT, "hypertension", "hypotension"),
    (ItemKind.SHORT_TEXT, "linearly independent", "not linearly independent"),
    (ItemKind.SHORT_TEXT, "the vectors are linearly independent", "the vectors are not linearly independent"),
    (ItemKind.CLOZE, "linearly independent", "not linearly independent"),
    (ItemKind.FORMULA, "3x+2", "3x-2"),
    (ItemKind.CLOZE, "afferent", "efferent"),
    (ItemKind.SHORT_TEXT, "the afferent nerve", "the efferent nerve"),
]
BOTH_WAYS = [(kind, key, said) for kind, *pair in PAIRS for key, said in permutations(pair)]


def pose_question(
    services: Services, course: Course, instructor: Person, actor: Person, kind: ItemKind, key: str
) -> str:
    prompt = {ItemKind.CLOZE: "Fill the gap: It is _____ here.", ItemKind.FORMULA: "Which term is it?"}.get(
        kind, "What is it?"
    )
    item = services.item_bank.add_item(instructor, course.id, kind, prompt, [key])
    for other in services.item_bank.askable_items(course.id):
        state = ItemState.PINNED if other.item.id == item.id else ItemState.BANNED
        services.item_bank.set_state(instructor, other.item.id, state)
    (row,) = services.quiz_sessions.start_quiz(actor, course.id).questions
    assert row.item.id == item.id
    return row.question.id


@pytest.mark.parametrize(("kind", "key", "said"), BOTH_WAYS)
def test_a_lookalike_answer_is_never_right(
    services: Services, course: Course, instructor: Person, ada: Person, kind: ItemKind, key: str, said: str
) -> None:
    posed_id = pose_question(services, course, instructor, ada, kind, key)
    taken = services.quiz_sessions.submit_answer(ada, posed_id, "s1", said).question
    assert taken.last_attempt is not None and taken.last_attempt.grade is not None
    assert taken.last_attempt.grade.outcome in (Outcome.WRONG, Outcome.UNSURE)
    assert taken.last_attempt.grade.reasons


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, key, _ in PAIRS])
def test_the_key_itself_is_right(
    services: Services, course: Course, instructor: Person, ada: Person, kind: ItemKind, key: str
) -> None:
    posed_id = pose_question(services, course, instructor, ada, kind, key)
    taken = services.quiz_sessions.submit_answer(ada, posed_id, "s1", key).question
    assert taken.last_attempt is not None and taken.last_attempt.grade is not None
    assert taken.last_attempt.grade.outcome is Outcome.RIGHT
