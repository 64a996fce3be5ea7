"""Checks a draft before it is shown: each sentence against the sentence that it cites, the whole as an answer.

A sentence passes when a sentence of the course is found for it and nothing there contradicts it
(`tutor.answers.support_check`), or when it is made of the words of what was read; such a one is marked as the tutor's
own words. Questions, formulas and code state nothing and pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.documents import Hit, Quote
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from tutor.answers.answer_quality import drop_unfinished, is_an_answer, is_fragment, names_both, without_yes_or_no
from tutor.answers.confirmation import confirm_quotes, confirms, is_grounded
from tutor.answers.course_reading import CourseReading
from tutor.answers.course_sentences import plain_text
from tutor.answers.question_form import AnswerForm
from tutor.answers.support_check import find_fault
from tutor.chat.citations import is_statement, strip_citation_marks, touches_listing

FindQuotes = Callable[[str, Sequence[Hit], str], Sequence[Quote]]  # (answer, hits, question)


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """The check of one turn's drafts against what was read of the course."""

    reading: CourseReading
    find_quotes: FindQuotes

    def is_answer(self, draft: str) -> bool:
        """Return whether a draft of supported sentences answers the question, a comparison with both things named."""
        asked = self.reading.asked
        return is_an_answer(draft, asked.text, asked.form) and (
            asked.form is not AnswerForm.COMPARISON or names_both(draft, asked.terms)
        )

    def supported_part(self, draft: str, *, is_finished: bool) -> tuple[str, str]:
        """Return the beginning of a draft whose sentences pass, and the first that does not, repeats or says nothing.

        While the draft is being written, its last sentence is left out.
        """
        text = strip_citation_marks(drop_unfinished(draft) if is_finished else draft)
        if "```" in text and not is_finished:
            return "", ""  # a listing is judged when it is whole
        spans = split_sentences(text) if is_finished else split_sentences(text)[:-1]
        if not spans:
            return "", ""
        part = text[: spans[-1][1]]
        said: set[str] = set()
        quotes = {quote.sentence_start: quote for quote in self.quotes(part)}
        for start, end in spans:
            if touches_listing(part, start, end):
                continue
            quote = quotes.get(start)
            terms = set(tokenize(part[start:end]))
            repeats = bool(terms) and terms <= said and not part[start:end].endswith((":", "："))
            if said and (repeats or is_fragment(part[start:end])):
                return part[:start].rstrip(), part[start:end]
            said |= terms
            if quote is not None and is_statement(part, quote) and not self._is_supported(part[start:end], quote):
                return part[:start].rstrip(), part[start:end]
        return part, ""

    def quotes(self, answer: str) -> Sequence[Quote]:
        """Return a quote for each sentence of an answer, from what was read where attribution finds none."""
        reading, question = self.reading, self.reading.asked.text
        found = self.find_quotes(answer, reading.hits, question)
        return confirm_quotes(answer, found, reading.sources, reading.hits, question)

    def _is_supported(self, sentence: str, quote: Quote) -> bool:
        reading, question = self.reading, self.reading.asked.text
        if self.names_unknown(sentence):
            return False
        claim = without_yes_or_no(plain_text(sentence))
        if reading.asked.asks_whether and not confirms(claim, question, reading.sources):
            return False
        if quote.hit_index is None:
            return self.is_grounded(sentence)
        context = " ".join([question, *(one.text for one in reading.sources)])
        return find_fault(claim, plain_text(quote.text), context) is None

    def names_unknown(self, sentence: str) -> bool:
        """Return whether a sentence says something about a thing of the question that the course names nowhere."""
        return not self.reading.unknown.isdisjoint(tokenize(sentence))

    def is_grounded(self, sentence: str) -> bool:
        """Return whether a sentence is made of what was read."""
        reading = self.reading
        return is_grounded(
            without_yes_or_no(plain_text(sentence)), reading.sources, reading.passages, reading.asked.text
        )

    def may_be_left_out(self, sentence: str) -> bool:
        """Return whether a draft may go on after a sentence that failed: nothing that was read is near it."""
        return not self.is_grounded(sentence) and not any(
            one.hit_index is not None for one in self.quotes(sentence) if is_statement(sentence, one)
        )
