"""Questions about numbers that the course itself tells, told apart from exercises that a learner sets.

"The softmax example has 4 features and 3 classes: how many weights is that?" looks like an exercise, but one passage of
running text has all its numbers and most of its words: it asks for what stands there, and is answered from there. A
worked example or a printed exercise is none of these: what it asks for goes under the hint ladder. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.documents import Hit
from knowledge.languages import either
from knowledge.lexical import tokenize
from knowledge.passage_roles import teaches
from tutor.chat.message_parsing import ParsedMessage
from tutor.maths.numbers import read_numbers
from tutor.pedagogy.intents import Intent

LOOKED_AT = 4  # passages
MIN_NUMBERS = 2
MIN_SHARED_TERMS = 0.6  # of the question's words, numbers aside
_EXAMPLE_LABEL = re.compile(either("extracts", "EXAMPLE_LABEL"), re.IGNORECASE | re.MULTILINE)


def read_as_question(message: ParsedMessage, hits: Sequence[Hit]) -> ParsedMessage:
    """Return the message as a question about the material where a passage tells about its numbers, else as it is."""
    exercise = message.exercise
    if message.intent is not Intent.EXERCISE or exercise is None or exercise.keys or message.open_question_id:
        return message
    if not any(_tells_about(message.text, hit) for hit in hits[:LOOKED_AT]):
        return message
    return replace(message, intent=Intent.QUESTION, exercise=None, ladder=None)


def _tells_about(question: str, hit: Hit) -> bool:
    asked = {one.value for one in read_numbers(question) if not (one.spelled_out and one.value == 1)}
    text, heading = hit.passage.text, hit.passage.heading
    if len(asked) < MIN_NUMBERS or not asked <= {one.value for one in read_numbers(text)}:
        return False
    if not teaches(heading, text) or any(_EXAMPLE_LABEL.search(part) for part in (*heading[-1:], text)):
        return False
    terms = {term for term in tokenize(question) if not any(c.isdigit() for c in term)}
    return bool(terms) and len(terms & set(tokenize(text))) >= MIN_SHARED_TERMS * len(terms)
