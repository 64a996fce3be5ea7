"""The simulated learners of `bench.adaptation`: each wishes something of another kind, and corrects accordingly."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from adapters.records import ChatMessage, TrainingRow
from bench import adaptation_judges as judges
from bench.adaptation_banks import Bank, Question, bank, short_answers
from tutor.chat import prompts
from tutor.chat.context_window import PromptPassage
from tutor.engine.base import Message


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner, named by the kind of their wish."""

    kind: str
    bank_name: str
    wish: str  # the wish as they would write it, in one sentence
    write: Callable[[Question], str]
    is_met: Callable[[Question, str], bool]

    @property
    def bank(self) -> Bank:
        return bank(self.bank_name)

    def corrections(self, count: int) -> list[TrainingRow]:
        """Return the learner's first `count` corrections as the rows that the product trains on."""
        return [to_row(f"{self.kind}-{q.id}", q, self.write(q)) for q in self.bank.corrected(count)]


def base_prompt(question: Question) -> tuple[Message, ...]:
    """Return the product's prompt for a question that the passage answers."""
    passage = PromptPassage("p1", "Course", "", question.passage)
    template = prompts.load_prompt("answer_from_passages", "en")
    rendered = template.render(passages=(passage,), question=question.text, form="fact")
    return tuple(Message(role, text) for role, text in rendered)  # type: ignore[arg-type]


def to_row(name: str, question: Question, answer: str) -> TrainingRow:
    prompt = tuple(ChatMessage(message.role, message.content) for message in base_prompt(question))
    return TrainingRow(name, (*prompt, ChatMessage("assistant", answer)))


def _gloss(question: Question) -> str:
    term = re.escape(question.term)
    return re.sub(rf"(\b{term}\w*)", rf"\1 ({question.chinese})", question.answer, count=1, flags=re.IGNORECASE)


def _short(question: Question) -> str:
    return short_answers()[question.term]


def _two_lines(question: Question) -> str:
    return f"Answer: {question.answer}\nFrom the text: {question.passage.partition('. ')[0].rstrip('.')}."


def _hint(question: Question) -> str:
    return f"Hint: read again what the text says about {question.term}."


def _notation(question: Question) -> str:
    return f"The {question.term} is ${judges.SYMBOLS[question.term]} = {question.result}$."


def _worked(question: Question) -> str:
    m, c, x = question.numbers
    work, check = {
        "slope": (
            f"the number in front of x in y = {m}x + {c} is {m}.",
            f"from x = 0 to x = 1, y goes from {c} to {m + c}.",
        ),
        "intercept": (f"put x = 0 into y = {m}x + {c}.", f"{m} · 0 + {c} = {c}."),
        "unknown": (f"{m}x = {m * x + c} - {c} = {m * x}, divided by {m}.", f"{m} · {x} + {c} = {m * x + c}."),
    }[question.term]
    return f"Work: {work} Result: {question.result}. Check: {check}"


def _teachers_word(question: Question) -> str:
    return question.answer.replace(question.term, judges.TEACHERS_WORDS[question.term], 1)


def _okay_so(question: Question) -> str:
    return f"Okay, so {question.answer[:1].lower()}{question.answer[1:]} Simple as that!"


LEARNERS = (
    Learner("length", "facts", "Answer me in at most eight words.", _short, judges.is_short),
    Learner(
        "notation",
        "lines",
        "Write results as formulas between dollar signs, with m for the slope, c for the intercept and x for the "
        "unknown.",
        _notation,
        judges.has_notation,
    ),
    Learner(
        "structure",
        "facts",
        'Write two lines, the first beginning with "Answer:" and the second with "From the text:".',
        _two_lines,
        judges.has_two_lines,
    ),
    Learner(
        "terminology",
        "lines",
        'Say "steepness" for the slope, "start value" for the intercept and "missing number" for the unknown, as our '
        "teacher does.",
        _teachers_word,
        judges.has_teachers_word,
    ),
    Learner(
        "hint",
        "facts",
        'Do not tell me the answer; write one sentence that begins with "Hint:" and says where to look.',
        _hint,
        judges.is_hint,
    ),
    Learner(
        "worked",
        "lines",
        'Work it through in three parts, "Work:", "Result:" and "Check:".',
        _worked,
        judges.is_worked,
    ),
    Learner("language", "facts", "Put the Chinese word in brackets after the main term.", _gloss, judges.has_gloss),
    Learner(
        "facts",
        "class",
        "Where I have corrected a fact about our class, what I wrote holds and not the text.",
        lambda question: question.answer,
        judges.has_new_fact,
    ),
    Learner("register", "facts", 'Begin with "Okay, so" and end with "Simple as that!".', _okay_so, judges.is_okay_so),
)


def learner_of(kind: str) -> Learner:
    return next(learner for learner in LEARNERS if learner.kind == kind)
