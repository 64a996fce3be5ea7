"""A course that has a text in two languages is read in the learner's, where that answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from passages import make_hit

from knowledge.documents import Hit
from tutor.answers.language_preference import prefer_language


def hit(text: str, score: float, ordinal: int) -> Hit:
    return replace(make_hit(text, ordinal=ordinal), score=score)


CHINESE = hit("冰川是在重力作用下移动的巨大冰体。", 0.99, 0)
OTHER_CHINESE = hit("雪落下来，一年一年积起来。", 0.95, 1)
ENGLISH = hit("A glacier is a body of ice that moves.", 0.97, 2)
SURER_ENGLISH = hit("Glaciers move under their own weight.", 1.0, 3)
UNSURE_ENGLISH = hit("A rope is cut to length before a tour.", 0.4, 4)


@pytest.mark.parametrize(
    ("hits", "language", "expected"),
    [
        ([CHINESE, ENGLISH, SURER_ENGLISH], "en", (SURER_ENGLISH, ENGLISH)),
        ([CHINESE, ENGLISH, OTHER_CHINESE], "zh", (CHINESE, ENGLISH)),
        ([CHINESE, OTHER_CHINESE, UNSURE_ENGLISH], "en", (CHINESE, OTHER_CHINESE)),
        ([ENGLISH, CHINESE, SURER_ENGLISH], "en", (ENGLISH, CHINESE)),
        ([], "en", ()),
    ],
)
def test_passages_in_the_language_of_the_answer_come_first_where_they_surely_answer(
    hits: list[Hit], language: str, expected: tuple[Hit, ...]
):
    assert prefer_language(hits, language, 2) == expected
