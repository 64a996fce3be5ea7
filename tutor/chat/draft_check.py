"""Checks a draft before it is shown: each sentence against the sentence that it cites, the whole as an answer.

A sentence passes when attribution finds a sentence of the course for it and nothing there contradicts it
(`tutor.answers.support_check`). Questions, formulas and code state nothing and pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.documents import Hit, Quote
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from tutor.answers.answer_quality import drop_unfinished, is_an_answer
from tutor.answers.confirmation import confirm_quotes
from tutor.answers.course_reading import CourseReading
from tutor.answers.course_sentences import plain_text
from tutor.answers.support_check import find_fault
from tutor.chat.citations import is_statement, strip_citation_marks

FindQuotes = Callable[[str, Sequence[Hit], str], Sequence[Quote]]  # (answer, hits, question)


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """The check of one turn's drafts against what was read of the course."""

    reading: CourseReading
    find_quotes: FindQuotes

    def is_answer(self, draft: str) -> bool:
        """Return whether a draft of supported sentences answers the question."""
        return is_an_answer(draft, self.reading.asked.text, self.reading.asked.form)

    def supported_part(self, draft: str, *, is_finished: bool) -> tuple[str, str]:
        """Return the beginning of a draft whose sentences pass, and the first that does not or only repeats, or "".

        While the draft is being written, its last sentence is left out.
        """
        text = strip_citation_marks(drop_unfinished(draft) if is_finished else draft)
        if "```" in text:
            return (text, "") if is_finished else ("", "")
        spans = split_sentences(text) if is_finished else split_sentences(text)[:-1]
        if not spans:
            return "", ""
        part = text[: spans[-1][1]]
        said: set[str] = set()
        quotes = {quote.sentence_start: quote for quote in self.quotes(part)}
        for start, end in spans:
            quote = quotes.get(start)
            terms = set(tokenize(part[start:end]))
            if said and terms and terms <= said:
                return part[:start].rstrip(), part[start:end]  # it repeats what was said
            said |= terms
            if quote is not None and is_statement(part, quote) and not self._is_supported(part[start:end], quote):
                return part[:start].rstrip(), part[start:end]
        return part, ""

    def quotes(self, answer: str) -> Sequence[Quote]:
        """Return a quote for each sentence of an answer, from what was read where attribution finds none."""
        reading, question = self.reading, self.reading.asked.text
        found = self.find_quotes(answer, reading.hits, question)
        return confirm_quotes(answer, found, reading.evidence, reading.hits, question)

    def _is_supported(self, sentence: str, quote: Quote) -> bool:
        if quote.hit_index is None:
            return False
        context = " ".join([self.reading.asked.text, *(one.text for one in self.reading.evidence)])
        return find_fault(plain_text(sentence), plain_text(quote.text), context) is None
