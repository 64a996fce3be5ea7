"""Terms that passages define or dwell on, each with the sentence that says what it is.

Plain-text patterns of textbooks ("A loop is a ...", "... is called recursion", "X refers to ..."); no model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.documents import Passage
from tutor.assessment.word_diff import FUNCTION_WORDS, singularize

CJK = re.compile(r"[\u3400-\u9fff]")
_ZH_SENTENCE = re.compile(r"[^。！？\n]{8,90}。")
_ZH_DEFINITIONS = (
    re.compile(r"^(?P<term>[\u4e00-\u9fff]{2,8}?)(?:是指|指的是|是)(?P<body>.{6,})$"),
    re.compile(r"^(?P<body>.{8,}?)[，,]?(?:称为|叫做|叫作|被称为)(?P<term>[\u4e00-\u9fff]{2,10})$"),
)
_ZH_DEICTIC_START = re.compile(
    r"^(?:它|这|那|其|但|而|所以|因此|因为|于是|此外|也|并|不过|同时|然后|接着|前者|后者|里面|外面|上面|下面|其中|\d)"
)
_ZH_NOT_TERM = re.compile(
    r"[的这那都不就也只它们最每个有和与]|主要|^(?:第|如果|当|关键|原因|结果|方法)"
    r"|^(?:即使|即便|尽管|虽然|甚至|由于|为了|为何|除非|只要|无论|以[及便下上查免]|如[下上]|特别|尤其|例如|比如|其实|通常|一般|具体|来|此|该|某|一[种些类般]|做)"
    r"|(?:恰好|恰恰|刚好|正好|正|几乎|可以|可能|应该|必须|能够|往往|通常|一般|总|仍然|仍|依然|才|将|会|能|便|亦|确实|其实|本身|中|时|后|前)$"
)  # a name neither opens with a word that joins or points, nor ends in an adverb before its verb
_ZH_NOT_BODY = re.compile(r"^[，,]|我们|你们?|为什么|[或和与并且]$")  # no part of what something is
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=[\w)])[^.!?\n]*)*[.!?]+(?=\s|$)")
_TERM_GROUP = r"(?P<term>[A-Za-z][\w-]*(?: [a-z][\w-]*){0,3}?)"
_DEFINITIONS = (
    re.compile(rf"^(?:An?|The) {_TERM_GROUP} (?:is|are) (?P<body>(?:an?|the|one|any) .{{15,}})$"),
    re.compile(
        rf"^{_TERM_GROUP} (?:is|are) "
        rf"(?P<body>(?:an?|the (?:process|ability|study|act|amount|number)) .{{12,}})$"
    ),
    re.compile(
        rf"^(?:(?:An?|The) )?{_TERM_GROUP} (?:refers to|describes|denotes|means|consists of) (?P<body>.{{15,}})$"
    ),
    re.compile(
        rf"^(?P<body>.{{20,}}?),? (?:is|are) (?:called|known as|termed|referred to as) (?:an? |the )?{_TERM_GROUP}$"
    ),
)
_DEICTIC = frozenset(
    "this that these those it they he she we you i there here such one another other both each some many most its "
    "their example examples figure table code program answer question following above below goal purpose result output "
    "first second last next reason problem idea way thing every all any no".split()
)
_POINTING_WORDS = frozenset("below above here there following next".split())  # "the loop below"
_SELF_REFERENCE = re.compile(
    r"\b(?:chapter|section|figure|table|this|these|book|above|below|following|example)\b", re.IGNORECASE
)
EXERCISE_HEADING = re.compile(r"\bexercises?\b|\b(?:review )?questions\b|\bproblems\b|练习|习题|思考题", re.IGNORECASE)
_PREPOSITIONS = frozenset("in on at by with from under over into".split())
_VERBS_AND_CONJUNCTIONS = frozenset(
    "is are was were be has have can will may must does do not and or but if when while".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that can be understood without the ones before it."""

    passage_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what its sentence says of it; `body` is that part of the sentence."""

    term: str
    body: str
    sentence: Sentence


def extract_sentences(passages: Sequence[Passage]) -> list[Sentence]:
    """Sentences fit to ask about: of middle length, finished, without code, not leaning on the one before."""
    found: dict[str, Sentence] = {}
    for passage in passages:
        if EXERCISE_HEADING.search(" ".join(passage.heading[-1:])):
            continue
        for match in (*_SENTENCE.finditer(passage.text), *_ZH_SENTENCE.finditer(passage.text)):
            text = " ".join(match.group().split())
            if _stands_alone(text) and text in " ".join(passage.text.split()):
                found.setdefault(text.lower(), Sentence(passage.id, text))
    return list(found.values())


def _stands_alone(text: str) -> bool:
    words = text.split()
    if CJK.search(text):
        return text.endswith("。") and not _ZH_DEICTIC_START.match(text) and not re.search(r"[`{}<>|\\=$]", text)
    if (
        not 7 <= len(words) <= 40
        or not text[0].isupper()
        or not text.endswith(".")
        or re.search(r"[`{}<>|\\=\[\]]|Ex:", text)
    ):
        return False
    first = re.sub(r"\W", "", words[0].lower())
    return first not in _DEICTIC and not re.match(
        r"(?:however|therefore|thus|also|then|but|so|and|or|in this|as a result)\b", text, re.I
    )


def extract_definitions(found: Sequence[Sentence]) -> list[Definition]:
    """One definition a term, the first that the course gives."""
    by_term: dict[str, Definition] = {}
    for sentence in found:
        for definition in _match_definition(sentence):
            by_term.setdefault(_normalize(definition.term), definition)
    return list(by_term.values())


def _match_definition(sentence: Sentence) -> Iterator[Definition]:
    plain = sentence.text.rstrip(".。")
    if CJK.search(plain):
        yield from _match_chinese_definition(plain, sentence)
        return
    if plain.split()[0].endswith("ing"):
        return
    for pattern in _DEFINITIONS:
        match = pattern.match(plain)
        if (
            match
            and _is_term(match["term"])
            and not _SELF_REFERENCE.search(match["body"])
            and _normalize(match["term"]) not in _normalize(match["body"])
        ):
            yield Definition(match["term"], match["body"].strip(" ,"), sentence)
            return


def _match_chinese_definition(plain: str, sentence: Sentence) -> Iterator[Definition]:
    for pattern in _ZH_DEFINITIONS:
        match = pattern.match(plain)
        if (
            match
            and not re.search(r'["；;]', match["body"])
            and not _ZH_NOT_BODY.search(match["body"])
            and not _ZH_NOT_TERM.search(match["term"])
            and match["term"] not in match["body"]
        ):
            yield Definition(match["term"], match["body"].strip(" ，,"), sentence)
            return


def _is_term(term: str) -> bool:
    words = term.lower().split()
    if _PREPOSITIONS & set(words):
        return False  # "a leaf in the sun" is a thing that is spoken of, not a term
    inside = not _VERBS_AND_CONJUNCTIONS & set(words) and not any(w in FUNCTION_WORDS for w in (words[0], words[-1]))
    return (
        inside
        and words[0] not in _DEICTIC
        and words[-1] not in _POINTING_WORDS
        and len(term) >= 3
        and not words[-1].endswith("ly")
    )


def find_key_terms(found: Sequence[Sentence], defined: Sequence[Definition], min_count: int = 2) -> list[str]:
    """The defined terms that recur, most frequent first: candidates for gaps and for each other's distractors."""
    counts = Counter({d.term.lower(): sum(contains_term(sentence.text, d.term) for sentence in found) for d in defined})
    return [term for term, count in counts.most_common() if count >= min_count]


def _normalize(text: str) -> str:
    return " ".join(singularize(word) for word in re.findall(r"[\w-]+", text.lower()))


def is_same_term(left: str, right: str) -> bool:
    """Whether two terms are the same but for number and case, or one holds the other ("loop", "while loop")."""
    if CJK.search(left + right):
        return left in right or right in left
    one, two = _normalize(left).split(), _normalize(right).split()
    return set(one) <= set(two) or set(two) <= set(one)


def contains_term(sentence: str, term: str) -> bool:
    if CJK.search(term):
        return term in sentence
    return f" {_normalize(term)} " in f" {_normalize(sentence)} "
