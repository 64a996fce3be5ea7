"""Extracts what a hint, an example or a summary says from retrieved passages: headings, sentences and key words.

Sentences are verbatim; no model is asked. The sentence nearest to a text is the one that shares most of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.documents import Hit
from knowledge.languages import characters, either
from knowledge.languages.scripts import HAN, has_han
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from knowledge.passage_roles import heading_role, teaches
from tutor.answers.course_sentences import sets_task
from tutor.assessment.quiz_terms import extract_definitions
from tutor.assessment.quiz_terms import extract_sentences as plain_sentences
from tutor.chat.citations import make_citation
from tutor.domain import Citation
from tutor.pedagogy.hint_text import HintContext

MAX_GAP_WORDS = 3  # words left out of a sentence
MIN_RELATIVE_SCORE = 0.1  # of the best passage's score; a passage below it is not drawn on
MAX_TERM_CHARS = 60
READABLE_WORDS = range(6, 46)  # length of a sentence that can be read by itself
READABLE_CHARACTERS = range(8, 161)  # the same where words have no spaces
_NUMBERING = re.compile(
    rf"^(?:(?:{either('extracts', 'NUMBERED_SECTION')}) )?\d+(?:\.\d+)*[.)]?\s+", re.IGNORECASE
)  # "Section 2.1 ", "2. "
_MARKUP = re.compile(r"\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|^>\s?|^#+\s", re.MULTILINE)
_EXAMPLE_MARKERS = re.compile(either("extracts", "EXAMPLE_MARKERS"), re.IGNORECASE)
_WORKED_EXAMPLE = re.compile(
    rf"\**(?:{either('extracts', 'WORKED_EXAMPLE')})\**:?\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL
)
_DEFINITION_REQUEST = re.compile(either("extracts", "DEFINITION_REQUEST"), re.IGNORECASE)
_DEFINITION_REQUEST_END = re.compile(either("extracts", "DEFINITION_REQUEST_END"))
_TERM_EDGES = " “”\"'" + characters("text", "SENTENCE_ENDS").replace("\\", "")
_PARTICLES = re.compile(f"[{characters('extracts', 'PARTICLES')}]")
_HAN_RUN = re.compile(f"[{HAN}]{{2,6}}")


def teaching_passages(hits: Sequence[Hit]) -> Sequence[Hit]:
    """Return the hits that a hint or a summary can draw on; all of them when none teaches.

    An exercise is no help with itself, and a passage far below the best one is about something else.
    """
    near = (hit for hit in hits if hit.score >= MIN_RELATIVE_SCORE * hits[0].score)
    return [hit for hit in near if teaches(hit.passage.heading, hit.passage.text)] or hits


def extract_for_hint(exercise: str, hits: Sequence[Hit]) -> HintContext:
    """Return what the best passages offer for hints at an exercise; empty without passages."""
    if not hits:
        return HintContext()
    best = nearest_sentence(exercise, hits[:1])
    other_topic, other_sentence = _contrasting_topic(exercise, best, hits)
    return HintContext(
        place=location_label(hits[0]),
        sentence=best,
        missing_words=_gap_words(best, exercise),
        topic=passage_topic(hits[0]),
        other_topic=other_topic,
        other_sentence=other_sentence,
        worked_example=_worked_example(exercise, hits),
    )


def location_label(hit: Hit) -> str:
    """Return where a passage is, for a person to read: its last two headings, or document and locator."""
    return " › ".join(_teaching_headings(hit)[-2:]) or f"{hit.document.title}, {hit.passage.locator.label}"


def passage_topic(hit: Hit) -> str:
    """Return the last heading of a passage without its number, or the title of its document."""
    heading = (_teaching_headings(hit) or (hit.document.title,))[-1]
    return _NUMBERING.sub("", heading).strip()


def nearest_sentence(text: str, hits: Sequence[Hit]) -> str:
    """Return the sentence of the passages that shares most words with a text; verbatim except for white space."""
    wanted = set(tokenize(text))
    sentences = list(readable_sentences(hits))
    return max(sentences, key=lambda sentence: (len(wanted & set(tokenize(sentence))), -len(sentence)), default="")


def readable_sentences(hits: Sequence[Hit]) -> Iterator[str]:
    """Yield the sentences that can be read by themselves: no headings, no table rows, no tasks."""
    for hit in hits:
        for start, end in split_sentences(hit.passage.text):
            sentence = strip_markdown(hit.passage.text[start:end])
            if _is_readable(sentence) and not sets_task(sentence):
                yield sentence


def find_example(hits: Sequence[Hit]) -> tuple[Hit, str] | None:
    """Return the first sentence that gives an example, with its passage."""
    return next(
        ((hit, s) for hit in hits for s in readable_sentences([hit]) if _EXAMPLE_MARKERS.search(s)), None
    )  # fmt: skip


def find_definition(question: str, hits: Sequence[Hit]) -> tuple[Hit, str] | None:
    """Return the sentence in which the course defines the term that a question asks for; None where it does not."""
    term = _DEFINITION_REQUEST.sub("", question.strip()).strip(_TERM_EDGES)
    term = _DEFINITION_REQUEST_END.sub("", term).strip()
    if not term or len(term) > MAX_TERM_CHARS:
        return None
    defines = _definition_pattern(term)
    return next(((hit, s) for hit in hits for s in readable_sentences([hit]) if defines.search(s)), None)


def key_sentences(text: str, hits: Sequence[Hit], limit: int = 4) -> list[tuple[Hit, str]]:
    """Return for each of the first passages the sentence nearest to a text."""
    nearest = [(hit, nearest_sentence(f"{text} {passage_topic(hit)}", [hit])) for hit in hits[:limit]]
    return [(hit, sentence) for hit, sentence in nearest if sentence]


def cite_sentence(number: int, hit: Hit, sentence: str) -> Citation:
    """Return a citation of a sentence; where the passage has it in another form, of the passage's beginning."""
    return make_citation(number, hit, sentence if sentence in hit.passage.text else hit.passage.text[:200], hit.score)


def strip_markdown(text: str) -> str:
    """Return text on one line, without Markdown's marks for emphasis, headings and quotations."""
    return " ".join(_MARKUP.sub("", text).split())


def _teaching_headings(hit: Hit) -> tuple[str, ...]:
    """Return the headings of a passage without those of exercises: they are not what it is about."""
    return tuple(heading for heading in hit.passage.heading if heading_role(heading) is None)


def _definition_pattern(term: str) -> re.Pattern[str]:
    """Return a pattern for sentences that define a term: "Osmosis is the ..." or "... is called osmosis."."""
    article = f"(?:{either('extracts', 'ARTICLES')})"
    name = re.escape(term) + ("" if has_han(term) else f"(?:{either('extracts', 'PLURAL_ENDING')})")
    full_stop = f"[{characters('extracts', 'FULL_STOP')}]"
    return re.compile(
        rf"^(?:{article} )?{name}(?:{either('extracts', 'DEFINING_VERBS')})"
        rf"|(?:{either('extracts', 'NAMING_VERBS')})(?: {article})? ?{name}{full_stop}?$",
        re.IGNORECASE,
    )


def _is_readable(sentence: str) -> bool:
    if has_han(sentence):
        return len(sentence) in READABLE_CHARACTERS
    is_prose = not sentence.startswith("|") and sentence[-1:] in tuple(".!?:”\"')$")
    return is_prose and len(sentence.split()) in READABLE_WORDS


def _gap_words(sentence: str, exercise: str) -> tuple[str, ...]:
    """Return the longest words of a sentence that the exercise does not contain; at most MAX_GAP_WORDS."""
    if has_han(sentence):
        runs = _HAN_RUN.findall(_PARTICLES.sub(" ", sentence))
        new = [run for run in runs if not set(run) & set(exercise)]
    else:
        known = set(tokenize(exercise))
        new = [word for word in re.findall(r"[A-Za-z][A-Za-z-]{3,}", sentence) if not set(tokenize(word)) <= known]
    return tuple(sorted(dict.fromkeys(new), key=len, reverse=True)[:MAX_GAP_WORDS])


def _contrasting_topic(exercise: str, best: str, hits: Sequence[Hit]) -> tuple[str, str]:
    """Return a topic other than that of the exercise, with the sentence that defines it."""
    known = set(tokenize(exercise))
    for definition in extract_definitions(plain_sentences([hit.passage for hit in hits])):
        if definition.sentence.text != best and not set(tokenize(definition.term)) & known:
            return definition.term, definition.sentence.text
    for hit in hits[1:]:
        topic = passage_topic(hit)
        sentence = nearest_sentence(topic, [hit])
        if sentence and sentence != best and not set(tokenize(topic)) <= known:
            return topic, sentence
    return "", ""


def _worked_example(exercise: str, hits: Sequence[Hit]) -> str:
    """Return a worked example of the course, unless it is the exercise itself."""
    numbers = set(re.findall(r"\d+", exercise))
    for hit in hits:
        match = _WORKED_EXAMPLE.search(hit.passage.text)
        if match is None:
            continue
        text = strip_markdown(match["text"].split("\n\n")[0])
        if len(set(re.findall(r"\d+", text)) & numbers) < 3 and len(text) >= 60:
            return text
    return ""
