"""Answers about a course in another language than the learner's.

The question is translated, the course is read in its own language, as for a question in that language, and what it says
is translated sentence by sentence; each cites the sentence as it stands. A model that writes an answer from foreign
sentences says more than they do, and a check across languages sees too little of it. A sentence whose translation fails
its check is shown as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

from knowledge.documents import SearchResult
from knowledge.languages import detect_language
from knowledge.library import Library
from knowledge.query_rewriting import rewrite_with_history
from tutor.answers.course_reading import CourseReader, CourseReading, QuotedLine
from tutor.answers.course_sentences import CourseSentence, word_count
from tutor.answers.definitions import name_pattern
from tutor.answers.question_form import AnswerForm
from tutor.chat import fixed_replies, prompts
from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.citations import make_citation
from tutor.chat.course_answers import gap_before_mark
from tutor.chat.message_parsing import QUESTION_INTENTS, ParsedMessage
from tutor.chat.prompt_builder import TOP_K
from tutor.chat.running_turn import RunningTurn
from tutor.chat.translation_check import is_translation
from tutor.domain import Course, Queued, Token, Turn
from tutor.engine.base import GenerationRequest, Message
from tutor.engine.size_class import Ability

MIN_COSINE = 0.3  # of a translation to its source, where the embedder reads both languages
MORE_SENTENCES = 2  # after the one that comes closest, where an explanation is asked for
MAX_WORDS = 120  # translated in one answer
MAX_TOKENS = 160  # of one translation
LOOKED_AT = 3  # hits whose language is that of the course

EXPLAINED_FORMS = (AnswerForm.CAUSE, AnswerForm.PROCESS)

Steps = Generator[Token | Queued, None, str]


@dataclass(frozen=True, slots=True)
class ForeignReading:
    """What the course says about a question that was translated into the language of the course."""

    question: str  # in that language
    language: str
    found: SearchResult
    reading: CourseReading


@dataclass(frozen=True, slots=True)
class ForeignAnswers:
    """Reads and answers with the model of an answer generator."""

    library: Library
    generator: AnswerGenerator

    def course_language(self, turn: Turn, message: ParsedMessage, found: SearchResult) -> str:
        """Return the language to read the course in; "" where the question and the answer have it already.

        Also "" where the model is too small to translate, while an exercise is open, and for a learner with an adapter,
        which answers itself: it may know from a learner's better answer what the course does not say.
        """
        if message.intent not in QUESTION_INTENTS or message.exercise is not None or message.asked_figure:
            return ""
        may_translate = self.generator.prompt_builder.model_may(Ability.TRANSLATE)
        if not found.hits or not may_translate or self.generator.has_adapter(turn):
            return ""
        asked = detect_language(message.text, message.language)
        spoken = {detect_language(hit.passage.text, asked) for hit in found.hits[:LOOKED_AT]}
        if len(spoken) != 1 or spoken == {asked} == {message.language}:
            return ""
        return spoken.pop()

    def read(
        self, turn: Turn, course: Course, message: ParsedMessage, earlier: Sequence[str], language: str
    ) -> Generator[Token | Queued, None, ForeignReading]:
        """Translate the question, and the one before it where it leans on that, and read the course with it."""
        asked = message.search_query or message.text
        if (defined := self._read_definition(course, asked, language)) is not None:
            return defined
        question = yield from self._in_language(turn, asked, language)
        if leaned_on := rewrite_with_history(asked, earlier).removeprefix(asked).strip():
            before = yield from self._in_language(turn, leaned_on, language)
            question = f"{question}\n{before}"
        found = self.library.search(course.id, question, TOP_K, threshold=course.strictness.threshold)
        reading = CourseReader(self.library).read(course.id, question, found, language)
        covered = found.covered or reading.is_sure
        hits = reading.hits if covered else found.hits
        return ForeignReading(question, language, SearchResult(hits, covered, found.confidence), reading)

    def _read_definition(self, course: Course, asked: str, language: str) -> ForeignReading | None:
        """Return the definition of a term that the course names in the learner's language too, in brackets."""
        found = self.library.search(course.id, asked, TOP_K, threshold=course.strictness.threshold)
        reading = CourseReader(self.library).read(course.id, asked, found, language)
        if reading.asked.form is not AnswerForm.DEFINITION or not reading.quote:
            return None
        return ForeignReading(asked, language, SearchResult(reading.hits, True, found.confidence), reading)

    def _in_language(self, turn: Turn, text: str, language: str) -> Steps:
        if detect_language(text, language) == language:
            return text
        return (yield from self._translate(turn, text, language))

    def write(
        self, running: RunningTurn, message: ParsedMessage, foreign: ForeignReading
    ) -> Generator[Token | Queued, None, None]:
        """Stream what the course says in the language of the answer; leave it, with its citations, in `running`."""
        info = self.generator.engine.info()
        running.turn = replace(running.turn, model=info.model, quantization=info.quantization)
        citations = []
        words, is_translated = 0.0, False
        for number, line in enumerate(_lines(foreign.reading), 1):
            text, words = line.text, words + word_count(line.source.text)
            if message.language != foreign.language and words <= MAX_WORDS and not line.is_verbatim:
                translation = yield from self._translated_line(running.turn, line, message.language)
                is_translated = is_translated or translation != line.text
                text = translation
            piece = f"{text}{gap_before_mark(line)}[{number}]"
            running.append(f"\n{piece}" if running.text else piece)
            citations.append(make_citation(number, line.source.hit, line.source.raw, line.source.hit.score))
            yield Token(f"\n{piece}" if number > 1 else piece)
        note = f"\n\n{fixed_replies.translated_note(message.language)}" if is_translated else ""
        running.turn = replace(running.turn, answer=running.text + note, citations=tuple(citations))

    def _translated_line(self, turn: Turn, line: QuotedLine, language: str) -> Steps:
        """Return a line in another language, or as it stands where that fails."""
        source = f"{line.name}: {line.source.text}" if line.name else line.source.text
        translation = yield from self._translate(turn, source, language)
        return f"{line.mark}{translation}" if self._is_faithful(translation, source, language) else line.text

    def _is_faithful(self, text: str, source: str, language: str) -> bool:
        if not is_translation(text, source, language):
            return False
        embedder = self.library.embedder
        if not {language, detect_language(source, language)} <= embedder.languages:
            return True
        one, other = embedder.embed_passages([text, source])
        return float(one @ other) >= MIN_COSINE

    def _translate(self, turn: Turn, text: str, language: str) -> Steps:
        """Have the model translate; empty tokens are yielded meanwhile, so that it can be stopped."""
        pairs = prompts.load_prompt("translate", language).render(text=text)
        messages = tuple(Message(role, content) for role, content in pairs)  # type: ignore[arg-type]
        request = GenerationRequest(
            messages=messages,
            learner=turn.learner_id,
            adapter=None,  # adapters learn answers, not translation
            max_tokens=MAX_TOKENS,
            time_limit_s=self.generator.settings.answer_time_limit_s,
        )
        written = ""
        with closing(self.generator.engine.stream(request)) as stream:
            for event in stream:
                if isinstance(event, Token):
                    written, event = written + event.text, Token("")
                yield event
        return written.strip()


def _lines(reading: CourseReading) -> Iterator[QuotedLine]:
    """Yield what answers: the quote, else what comes closest, and for an explanation what follows it."""
    if reading.quote or not reading.closest:
        yield from reading.quote or map(QuotedLine, reading.evidence[: 1 + MORE_SENTENCES])
        return
    if reading.asked.form is AnswerForm.COMPARISON:
        yield from map(QuotedLine, _about_each(reading))
        return
    yield from reading.closest
    if reading.asked.form not in EXPLAINED_FORMS:
        return
    first = reading.closest[-1].source
    following = (
        one for one in reading.evidence if one.hit.passage.id == first.hit.passage.id and one.start >= first.end
    )
    yield from map(QuotedLine, islice(following, MORE_SENTENCES))


def _about_each(reading: CourseReading) -> list[CourseSentence]:
    """Return what comes closest, and for each thing compared that it does not name the first sentence that does."""
    chosen = [line.source for line in reading.closest]
    for term in reading.asked.terms:
        names = re.compile(name_pattern(term), re.IGNORECASE)
        if not any(names.search(one.text) for one in chosen):
            chosen += islice((one for one in reading.sources if names.search(one.text)), 1)
    return chosen
