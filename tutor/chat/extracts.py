"""What the course offers for a hint, an example or a summary: places, sentences and points, read off passages found.

Verbatim sentences only; no model. The sentence nearest to an exercise is the one that shares most of its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.documents import Hit
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from tutor.assessment.term_extraction import extract_definitions
from tutor.assessment.term_extraction import extract_sentences as plain_sentences
from tutor.chat.citations import make_citation
from tutor.domain import Citation
from tutor.pedagogy.hint_text import HintContext

MAX_GAP_WORDS = 3  # words left out of a sentence at most
MIN_RELATIVE_SCORE = 0.1  # of the best passage's score, from which another stands for it
_NUMBERING = re.compile(r"^(?:chapter |section |unit )?\d+(?:\.\d+)*[.)]?\s+", re.IGNORECASE)
_EXAMPLE_MARKERS = re.compile(
    r"\bfor example\b|\bfor instance\b|\bsuch as\b|\be\.g\.|\bworked example\b|例如|比如|例：", re.IGNORECASE
)
_WORKED_EXAMPLE = re.compile(r"\**\bworked example\b\.?\**:?\s*(?P<text>.+)", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"\*\*|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|^>\s?|^#+\s", re.MULTILINE)
_CJK = re.compile(r"[\u3400-\u9fff]")
# Sections that ask or list instead of teaching.
_NON_TEACHING_HEADING = re.compile(
    r"exercises?\b|problems?\b|quiz\b|review questions|answers\b|references\b|bibliography|index\b|contents\b"
    r"|练习|习题|思考题|参考文献|目录|索引|答案",
    re.IGNORECASE,
)
_LEADING_NUMBERS = re.compile(r"^[\d.\s]+")


_TASK = re.compile(
    r"[?？]\W*$|^\W*(?:\d{1,2}[.)]\s+)?"
    r"(?:(?:explain|describe|compare|suggest|solve|calculate|discuss|prove)\b"
    r"|(?:name|state|list|find|give|draw|show|write|say) (?:the|an?|all|two|three|four|how|that|why|what)\b"
    r"|计算|解释|说明|比较|列出|求出|写出|简述)",
    re.IGNORECASE,
)


_DEFINITION_REQUEST = re.compile(
    r"^\W*(?:so |and |but |ok )?(?:what(?:'s| is| are| does)|define|(?:the )?(?:definition|meaning) of)\s+"
    r"(?:(?:an?|the) )?"
    r"(?:meant by )?(?:(?:an?|the) )?|^(?:什么是|什么叫)|(?:是什么意思|是什么|指什么)\W*$",
    re.IGNORECASE,
)


def is_teaching_passage(hit: Hit) -> bool:
    """Whether a passage says something, instead of asking for it or listing where it stands."""
    return not any(_is_exercise_heading(heading) for heading in hit.passage.heading)


def teaching_passages(hits: Sequence[Hit]) -> Sequence[Hit]:
    """The passages that a hint or a summary can be taken from: an exercise is no help with itself."""
    return [hit for hit in hits if is_teaching_passage(hit) and hit.score >= MIN_RELATIVE_SCORE * hits[0].score] or hits


def _is_exercise_heading(heading: str) -> bool:
    return bool(_NON_TEACHING_HEADING.match(_LEADING_NUMBERS.sub("", heading)))


def extract_for_hint(exercise: str, hits: Sequence[Hit]) -> HintContext:
    """What the best passages offer for hints at an exercise; empty without passages."""
    if not hits:
        return HintContext()
    best = nearest_sentence(exercise, hits[:1])
    other, other_sentence = _contrasting_topic(exercise, best, hits)
    return HintContext(
        place=location_label(hits[0]),
        sentence=best,
        missing_words=_gap_words(best, exercise),
        topic=passage_topic(hits[0]),
        other_topic=other,
        other_sentence=other_sentence,
        worked_example=_worked_example(exercise, hits),
    )


def location_label(hit: Hit) -> str:
    """Where a passage stands, as a person reads it."""
    return " › ".join(_headings(hit)[-2:]) or f"{hit.document.title}, {hit.passage.locator.label}"


def passage_topic(hit: Hit) -> str:
    heading = (_headings(hit) or (hit.document.title,))[-1]
    return _NUMBERING.sub("", heading).strip()


def _headings(hit: Hit) -> tuple[str, ...]:
    """Where a passage stands; the exercises at its end are not what it is about."""
    return tuple(heading for heading in hit.passage.heading if not _is_exercise_heading(heading))


def nearest_sentence(text: str, hits: Sequence[Hit]) -> str:
    """The sentence of the passages that shares most words with a text, verbatim but for white space."""
    wanted = set(tokenize(text))
    found = list(readable_sentences(hits))
    return max(found, key=lambda one: (len(wanted & set(tokenize(one))), -len(one)), default="")


def readable_sentences(hits: Sequence[Hit]) -> Iterator[str]:
    """Sentences that a person can read by themselves: no headings, no rows of a table."""
    for hit in hits:
        for start, end in split_sentences(hit.passage.text):
            sentence = strip_markdown(hit.passage.text[start:end])
            if _is_readable(sentence) and not _TASK.search(sentence):
                yield sentence


def find_example(hits: Sequence[Hit]) -> tuple[Hit, str] | None:
    """The first sentence that gives an example, with the passage that it is from."""
    for hit in hits:
        for sentence in readable_sentences([hit]):
            if _EXAMPLE_MARKERS.search(sentence):
                return hit, sentence
    return None


def find_definition(question: str, hits: Sequence[Hit]) -> tuple[Hit, str] | None:
    """The sentence in which the course says what the term of a question is; None where it does not."""
    term = _DEFINITION_REQUEST.sub("", question.strip()).strip(" ?？.。!！“”\"'").removesuffix(" mean").strip()
    if not term or len(term) > 60:
        return None
    name = re.escape(term) + ("" if _CJK.search(term) else r"(?:s|es)?")
    said = re.compile(
        rf"^(?:an? |the )?{name}(?: (?:is|are|means?|refers to|describes?|denotes?) "
        rf"(?:an?|the|one|any|what|when)\b|是指|指的是|是)"
        rf"|(?:called|known as|termed|称为|叫做|叫作)(?: an?| the)? ?{name}[.。]?$",
        re.IGNORECASE,
    )
    return next(
        ((hit, sentence) for hit in hits for sentence in readable_sentences([hit]) if said.search(sentence)), None
    )


def key_sentences(text: str, hits: Sequence[Hit], limit: int = 4) -> list[tuple[Hit, str]]:
    """One sentence a passage: that which says most about the text."""
    found = [(hit, nearest_sentence(f"{text} {passage_topic(hit)}", [hit])) for hit in hits[:limit]]
    return [(hit, sentence) for hit, sentence in found if sentence]


def cite_sentence(number: int, hit: Hit, sentence: str) -> Citation:
    """Return the place of a sentence; a passage that holds it in another form is cited by its beginning."""
    return make_citation(number, hit, sentence if sentence in hit.passage.text else hit.passage.text[:200], hit.score)


def strip_markdown(text: str) -> str:
    """Without emphasis, headings and quotation signs of Markdown, on one line."""
    return " ".join(_MARKUP.sub("", text).split())


def _is_readable(sentence: str) -> bool:
    if _CJK.search(sentence):
        return 8 <= len(sentence) <= 160
    words = sentence.split()
    return 6 <= len(words) <= 45 and not sentence.startswith("|") and sentence[-1] in ".!?:”\"')$"


def _gap_words(sentence: str, exercise: str) -> tuple[str, ...]:
    """The words that say what the exercise does not: the longest, few of them."""
    known = set(tokenize(exercise))
    if _CJK.search(sentence):
        runs = re.findall(r"[\u3400-\u9fff]{2,6}", re.sub(r"[的了和与在是把由为从到对也并而或]", " ", sentence))
        fresh = [run for run in runs if not set(run) & set(exercise)]
    else:
        fresh = [w for w in re.findall(r"[A-Za-z][A-Za-z-]{3,}", sentence) if not set(tokenize(w)) <= known]
    return tuple(sorted(dict.fromkeys(fresh), key=len, reverse=True)[:MAX_GAP_WORDS])


def _contrasting_topic(exercise: str, best: str, hits: Sequence[Hit]) -> tuple[str, str]:
    """Another topic than that of the exercise, with the sentence that says what it is."""
    known = set(tokenize(exercise))
    defined = extract_definitions(plain_sentences([hit.passage for hit in hits]))
    for one in defined:
        if one.sentence.text != best and not set(tokenize(one.term)) & known:
            return one.term, one.sentence.text
    for hit in hits[1:]:
        sentence = nearest_sentence(passage_topic(hit), [hit])
        if sentence and sentence != best and not set(tokenize(passage_topic(hit))) <= known:
            return passage_topic(hit), sentence
    return "", ""


def _worked_example(exercise: str, hits: Sequence[Hit]) -> str:
    """A worked example of the course, unless it is the exercise itself."""
    numbers = set(re.findall(r"\d+", exercise))
    for hit in hits:
        match = _WORKED_EXAMPLE.search(hit.passage.text)
        if match is None:
            continue
        text = strip_markdown(match["text"].split("\n\n")[0])
        if len(set(re.findall(r"\d+", text)) & numbers) < 3 and len(text) >= 60:
            return text
    return ""
