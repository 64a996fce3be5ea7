"""Streams a model's answer sentence by sentence, each once it is known that the course supports it.

A sentence that contradicts the course, repeats or says nothing ends the draft; one about something that was not read is
left out, and the draft goes on. What passed is the answer if it answers; otherwise the model is asked once more, with
the failed sentence named, and after that the course itself is quoted: as the answer where the search was sure, else as
what comes closest. A draft that says that the course does not say it is believed where the search was unsure, else a
second one.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace

from knowledge.documents import Quote
from knowledge.languages.sentences import split_sentences
from tutor.answers.answer_quality import asks_count, count_prose_sentences, declines, is_in_list, is_whole_sentence
from tutor.answers.course_reading import QuotedLine
from tutor.answers.course_sentences import CourseSentence
from tutor.chat import fixed_replies, prompts
from tutor.chat.course_answers import quote_lines
from tutor.chat.draft_check import DraftCheck
from tutor.chat.plan_replies import Reply
from tutor.domain import Queued, Token
from tutor.engine.base import Engine, GenerationRequest, Message


@dataclass(slots=True)
class CheckedStream:
    """The draft of one turn. After `stream` has ended, `answer` is what passed, or `quote` replaces it."""

    engine: Engine
    request: GenerationRequest
    check: DraftCheck
    language: str
    may_rewrite: bool  # a small model does not make use of a second try
    is_surely_covered: bool = True  # else two drafts that fail mean that the course does not answer
    max_sentences: int = 0  # after which the model is stopped; 0 for no limit
    answer: str = ""
    quote: Reply | None = None
    is_declined: bool = False  # the model says that it was not given the answer
    _declining: str = ""  # the words in which it said so

    def stream(self) -> Generator[Token | Queued, None, None]:
        """Yield the tokens of each sentence that passes; empty ones while it is written, so that it can be stopped.

        Where the course is quoted instead, the quote is the last token.
        """
        rejected = yield from self._draft(self.request)
        if self.is_declined and (again := self._ask_again_request()) is not None:
            self.is_declined = False
            rejected = yield from self._draft(again)
        if self.is_declined:
            yield from self._quote_closest()
            return
        if self.check.is_answer(self.answer):
            return
        if self.answer and not rejected and self._quote_cited_sentence():
            return
        if rejected and self.check.names_unknown(rejected):
            self.is_declined = True  # a second draft would talk about something else
        elif self.may_rewrite and (again := self._rewrite_request(rejected)) is not None:
            yield from self._draft(again)
            if self.check.is_answer(self.answer):
                return
            lacks_count = asks_count(self.check.reading.asked.text)
            self.is_declined = self.is_declined or not self.is_surely_covered or lacks_count
        yield from self._quote_closest()

    def _quote_closest(self) -> Generator[Token, None, None]:
        """Quote what comes closest, as the course's answer or, after a draft that declined, as none."""
        if not self.check.reading.closest:
            return
        word = fixed_replies.not_answered if self.is_declined else fixed_replies.quote_from_course
        reply = quote_lines(self.check.reading.closest)
        self.quote = replace(reply, text=word(self.language, reply.text))
        yield Token(self.quote.text)

    def _draft(self, request: GenerationRequest) -> Generator[Token | Queued, None, str]:
        """Stream one draft into `answer`; return the sentence that failed, or ""."""
        written: list[str] = []
        shown, complete, self.answer, first_rejected = 0, 0, "", ""
        with closing(self.engine.stream(request)) as stream:
            for event in stream:
                if not isinstance(event, Token):
                    yield event
                    continue
                written.append(event.text)
                count = len(split_sentences("".join(written))) - 1
                if count <= complete:
                    yield Token("")
                    continue
                complete = count
                if count == 1 and declines("".join(written)):
                    self.is_declined, self._declining = True, "".join(written)
                    return ""
                part, rejected = self.check.supported_part("".join(written), is_finished=False)
                if part and self._may_go_on_without(rejected, written):
                    first_rejected = first_rejected or rejected
                    written, complete = _without(written, rejected), complete - 1
                elif rejected:
                    self.answer = part
                    return rejected
                ready = _tokens_within(written, len(part)) if part else 0
                yield from map(Token, written[shown:ready])
                shown, self.answer = max(shown, ready), part
                if self._is_long_enough(part):
                    return first_rejected
        if declines("".join(written)):
            self.is_declined, self._declining = True, "".join(written)
            return ""
        self.answer, rejected = self.check.supported_part("".join(written), is_finished=True)
        while self.answer and self._may_go_on_without(rejected, written):  # behind a listing, which is read last
            first_rejected = first_rejected or rejected
            written = _without(written, rejected)
            self.answer, rejected = self.check.supported_part("".join(written), is_finished=True)
        yield from map(Token, written[shown : _tokens_within(written, len(self.answer))] if self.answer else ())
        return rejected or first_rejected

    def _is_long_enough(self, part: str) -> bool:
        """Whether the model is stopped; never in a list nor behind a colon, where one or a formula is to follow."""
        return 0 < self.max_sentences <= count_prose_sentences(part) and not is_in_list(part)

    def _may_go_on_without(self, rejected: str, written: list[str]) -> bool:
        """Return whether the draft may go on after a sentence that failed, if one did."""
        return bool(rejected) and rejected in "".join(written) and self.check.may_be_left_out(rejected)

    def _quote_cited_sentence(self) -> bool:
        """Quote the sentence that a few words were taken from; False where the answer is long enough by itself."""
        if is_whole_sentence(self.answer):
            return False
        quote = next((one for one in self.check.quotes(self.answer) if one.hit_index is not None), None)
        if quote is None or quote.hit_index is None:
            return False
        self.quote = quote_lines([QuotedLine(self._cited_sentence(quote, quote.hit_index))])
        return True

    def _cited_sentence(self, quote: Quote, hit_index: int) -> CourseSentence:
        hit = self.check.reading.hits[hit_index]
        start = hit.passage.text.index(quote.text)
        return CourseSentence(hit, start, start + len(quote.text))

    def _ask_again_request(self) -> GenerationRequest | None:
        """Return the request after a draft that declined; None unless the search was sure that the course answers."""
        if not (self.may_rewrite and self.is_surely_covered and self.check.reading.closest):
            return None
        ((_, content),) = prompts.load_prompt("ask_again", self.language).render(question=self.check.reading.asked.text)
        return self._continued(self._declining, content)

    def _rewrite_request(self, rejected: str) -> GenerationRequest | None:
        """Return the request for the second try; None without a sentence to name, or if it does not fit the window."""
        sentence, closest = rejected or self.answer, " ".join(line.text for line in self.check.reading.closest)
        if not sentence or not closest:
            return None
        ((_, content),) = prompts.load_prompt("rewrite", self.language).render(sentence=sentence, closest=closest)
        return self._continued(sentence, content)

    def _continued(self, said: str, asked: str) -> GenerationRequest | None:
        """Return the request with what the model said and what is asked then; None if it does not fit the window."""
        messages = (*self.request.messages, Message("assistant", said), Message("user", asked))
        room = self.engine.info().context_tokens - self.request.max_tokens
        return replace(self.request, messages=messages) if self.engine.count_tokens(messages) <= room else None


def _without(written: list[str], sentence: str) -> list[str]:
    """Return the tokens of a draft without the last place where it has a sentence, and without the space before it."""
    draft = "".join(written)
    at = draft.rindex(sentence)
    kept = written[: _tokens_within(written, len(draft[:at].rstrip()) - 1)]
    return [*kept, (draft[:at].rstrip() + draft[at + len(sentence) :])[len("".join(kept)) :]]


def _tokens_within(written: list[str], length: int) -> int:
    """Return how many tokens lie wholly within the first characters of the draft."""
    total, count = 0, 0
    for token in written:
        total += len(token)
        if total > length + 1:
            break
        count += 1
    return count
