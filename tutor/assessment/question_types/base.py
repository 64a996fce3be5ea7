"""What a question type can do: pages, grading, generation and the exchange formats ask this class."""

from __future__ import annotations

import hashlib
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from tutor.assessment.course_text import CourseText
from tutor.assessment.gift_syntax import GiftQuestion, NotGift
from tutor.assessment.items import Grade, GradedExample, Item, ItemFault, ItemKind, ItemSource
from tutor.assessment.quiz_terms import Sentence
from tutor.locales import t

LAST_HINT = 3  # the number of the closest hint; a type words the hints from 2 on


class AnswerControl(StrEnum):
    """How an answer is given on a page."""

    PICK = "pick"  # one of the options
    ARRANGE = "arrange"  # all options, in order
    WRITE = "write"  # free text


@dataclass(frozen=True, slots=True)
class ViewOption:
    """An option: `label` and `wording` are message keys, on a button and inside a sentence; "" shows the value."""

    value: str
    label: str = ""
    wording: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What a learner may see of an item before answering: no key."""

    prompt: str
    control: AnswerControl
    options: tuple[ViewOption, ...] = ()

    def option(self, value: str) -> ViewOption:
        """Return the option with this value, or a plain one."""
        return next((option for option in self.options if option.value == value), ViewOption(value))


class FreeTextGrader(Protocol):
    """Grades free text against reference answers."""

    def grade(
        self, question: str, references: Sequence[str], answer: str, examples: Sequence[GradedExample] = ()
    ) -> Grade: ...


@dataclass(frozen=True, slots=True)
class GradingContext:
    """What grading uses besides the item: a grader of free text, and answers to the item that persons have graded."""

    free_text: FreeTextGrader | None = None
    examples: Sequence[GradedExample] = ()


class QuestionType(ABC):
    """One kind of question. A new kind is a member of `ItemKind`, a subclass, and an entry in the registry."""

    kind: ClassVar[ItemKind]
    control: ClassVar[AnswerControl] = AnswerControl.WRITE
    instruction: ClassVar[str] = "quiz_answer_write"  # message key: how to answer in the chat
    authoring_place: ClassVar[int | None] = None  # in the list that an instructor chooses from; None: not offered
    difficulty: ClassVar[float] = 0.5  # of a generated item, in [0, 1]
    keys_are_alternatives: ClassVar[bool] = False  # each key is a whole answer; otherwise they make one together
    may_be_message: ClassVar[bool] = False  # a learner may type a question or a request where the answer goes
    learns_from_decisions: ClassVar[bool] = False  # what a person decided about an answer applies to similar ones
    qti_interaction: ClassVar[str] = "extendedTextInteraction"

    @property
    def label(self) -> str:
        """The message key of the kind's name."""
        return f"kind_{self.kind.value}"

    @property
    def is_answered_once(self) -> bool:
        return self.control is AnswerControl.PICK

    @abstractmethod
    def grade(self, item: Item, answer: str, context: GradingContext) -> Grade:
        """Grade a non-empty answer; unsure where it cannot be decided."""

    def has_answer_form(self, item: Item, answer: str) -> bool:
        """Whether an answer has the form that is asked for; nobody needs to grade one that does not."""
        return True

    def own_answer(self, item: Item) -> str:
        """Return an answer that the item's keys say is right."""
        return item.keys[0] if self.keys_are_alternatives else "\n".join(item.keys)

    def default_options(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Return the options of an item that is written without any."""
        return ()

    def generate(self, text: CourseText, rng: random.Random) -> Iterator[Item]:
        """Yield items about a course; they are checked afterwards."""
        yield from ()

    def add_alternatives(self, item: Item, text: CourseText) -> Item:
        """Return a generated item that is sound with further keys that the course supports."""
        return item

    def make_item(
        self,
        prompt: str,
        keys: tuple[str, ...],
        sentence: Sentence,
        options: tuple[str, ...] = (),
        skill: str = "",
    ) -> Item:
        """Return a generated item; its id is a hash of its kind, wording, keys and passage."""
        identity = "\x1f".join((self.kind.value, prompt, *keys, sentence.passage_id))
        return Item(
            hashlib.sha256(identity.encode()).hexdigest()[:16],
            self.kind,
            prompt,
            keys,
            options,
            source=ItemSource(sentence.passage_id, sentence.text),
            skill=skill,
            difficulty=self.difficulty,
        )

    def solve(self, item: Item, quote: str, terms: Sequence[str]) -> tuple[str, ...]:
        """Answer an item from its quote without its key; `terms` are the course's. Empty where it is not decided."""
        return ()

    def find_fault(self, item: Item) -> ItemFault | None:
        """Return what is wrong with the form of an item."""
        return None

    def view(self, item: Item) -> QuestionView:
        return QuestionView(item.prompt, self.control, tuple(ViewOption(option) for option in item.options))

    def hint(self, item: Item, number: int, language: str) -> str:
        """Return hint `number`, from 2 to LAST_HINT, without the answer."""
        return t(language, "quiz_hint_reread")

    def to_gift(self, item: Item) -> str:
        """Return the answer block of GIFT, without its braces; raises NotGift where GIFT has no such kind."""
        raise NotGift(
            f"question {item.id} is of kind {item.kind.value}, which GIFT does not support; export it as QTI",
            key="gift_kind",
            prompt=item.prompt[:60],
            kind=item.kind.value,
        )

    def from_gift(self, question: GiftQuestion) -> Item | None:
        """Read a GIFT question; None where it is of another type. Raises NotGift."""
        return None

    def qti_choices(self, item: Item) -> tuple[str, ...]:
        """Return the choices of QTI's interaction; none where the answer is text."""
        return ()

    def qti_cardinality(self, item: Item) -> str:
        return "single" if len(item.keys) == 1 else "multiple"

    def reads_qti(self, interaction: str, choices: tuple[str, ...]) -> bool:
        """Whether a QTI item of another system, which names no kind, is of this type."""
        return False

    def options_from_qti(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return an item's options from the choices of QTI's interaction."""
        return choices
