"""Terms: the names that a course gives to its ideas, each with the sentence or heading that introduces it.

Plain patterns of textbooks, in English and Chinese: "An object is a ...", "... is called recursion", glossary lines,
线性回归（linear regression）, ... 称为权重. No model; what needs what is `concepts.py`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.documents import Passage
from knowledge.headings import heading_topic
from knowledge.sentences import split_sentences


class TermSource(StrEnum):
    """How a course names an idea, the clearest first."""

    GLOSSARY = "glossary"
    DEFINITION = "definition"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class PassageSpan:
    """Words of a passage: `text` is its characters start:end. A heading stands above the passage: then it is empty."""

    passage_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A name as the course has it, and where it is introduced."""

    name: str
    source: TermSource
    passage_index: int  # its place among the passages given
    evidence: PassageSpan


_CJK = "\u3400-\u4dbf\u4e00-\u9fff"
_WORD = r"[A-Za-z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*(?:\(\))?"
_NAME = rf"(?P<name>{_WORD}(?: {_WORD}){{0,3}}?)"
_STOP = (
    r"(?=[,.;:)]|$| (?:and|or|because|which|that|in|for|if|when|where|since|is|are|to|by|with|as|on|of|from|whose)\b)"
)
_IS = r"(?:is|are) (?:an?|the|any|one|used|defined|simply)\b|(?:refers?|denotes?|describes?|means|consists?)\b"
_DEFINES = (
    rf"{_IS}"
    r"|(?:uses?|has|have|contains?|stores?|holds?|represents?|specif(?:y|ies)|occurs?|allows?|returns?|provides?"
    r"|creates?|converts?|executes?|iterates?|can be|must be|may be)\b"
)
_ENGLISH = (
    re.compile(rf"^An? {_NAME} (?:\([^)]*\) ?)?(?:{_DEFINES})"),
    re.compile(rf"^The {_NAME} (?:\([^)]*\) ?)?(?:{_IS})"),
    re.compile(rf"^{_NAME} (?:\([^)]*\) ?)?(?:(?:is|are) (?:an?|the|defined)\b|refers? to\b|means\b)"),
    re.compile(rf"\b(?:called|known as|termed|referred to as|as called)(?: an?| the)? [“\"']?{_NAME}[”\"']?{_STOP}"),
)
_ACRONYM = re.compile(rf"(?P<name>{_WORD}(?: {_WORD}){{1,4}}) \((?P<short>[A-Z][A-Za-z]{{1,5}})\)")
_GLOSSARY_LINE = re.compile(
    rf"^\W*(?P<name>{_WORD}(?:[ /]{_WORD}){{0,4}}|[{_CJK}A-Za-z]{{2,14}})"
    r"\s*(?::|：|\s[-–—]\s|——)\s*(?P<body>\S.{12,})$",
    re.MULTILINE,
)
_GLOSSARY = re.compile(r"glossary|key terms|vocabulary|terminology|术语|词汇|名词解释|关键词|概念表", re.IGNORECASE)

_CALLED_ZH = re.compile(
    rf"(?:称为|称作|称之为|叫做|叫作|名为|所谓)(?:是|一个|一种)?[“「『]?(?P<name>[{_CJK}A-Za-z]{{2,12}}?)(?=[”」』（(，。、；：的]|是|$)"
)
_IS_ZH = re.compile(
    rf"^[“「『]?(?P<name>[{_CJK}A-Za-z]{{2,8}}?)[”」』]?(?:（[^）]*）)?(?:是指|指的是|是一[种个类]|定义为|被定义为)"
)
_TRANSLATED = re.compile(
    rf"(?P<left>[{_CJK}A-Za-z]{{2,16}})[”」』]?[（(](?P<english>[A-Za-z][A-Za-z'’ ,-]{{1,60}})[）)]"
)
_CUT_ZH = re.compile(
    "称为|称作|称之为|叫做|叫作|名为|所谓|一种|一个|一些|一类|这种|这个|某种|某个|通过|使用|采用|利用|就是|以及|例如|包括|作为|其中"
    "|我们|他们|进行|计算|引入|介绍|训练出|具有|基于|根据|对于|关于|属于|用于|来自|以|即|的|和|与|或|是|了|在|把|将|被|从|由|使|让|用|有"
)

_POINTING = frozenset(
    """
    this that these those it they he she we you i there here such one another other both each some many most its their
    following above below first second last next reason idea way thing what which who how why when where all any no
    not and or but if in on three four five so then else also however therefore thus note ex only more new same please
    main out using
    """.split()
)
_GENERIC_NOUNS = frozenset(
    """
    example examples figure table answer question goal purpose result problem chapter section book author authors
    reader word name user case fact number part kind use set two three left right top bottom end rest time amount
    """.split()
)  # words that name nothing when they stand alone
_FUNCTION_WORDS = frozenset(
    "is are was were be been has have had do does did can will would may must should not or but than then to from by "
    "at into this that these those its their your our my a an the which who whose it they we you i he she with "
    "about".split()
)
_TASK_START = re.compile(
    r"\W*(?:Exercise\.|(?:Write|Complete|Create|Draw|Calculate|Compute|Determine|Answer|Solve|Prove|Implement|Modify|Make"
    r"|Sort|Refer to) |Add the |For (?:each|the questions) |The (?:following (?:program|code)|(?:program|code) below) "
    r"|Consider the (?:example|(?:following )?(?:code|program))\b"
    r"|Given (?:the|an?) [^.?]*\b(?:answer|calculate|print|write|create)\b"
    r"|(?:What|Which)\b[^.?!\n]*\?|请|编写|写一个|试求|计算下|求下)"
)  # how a text begins that tells the reader to do something
_IN_CODE = re.compile(r"\b(?:class|def) (\w+)|^[ \t]*(\w+) = ", re.MULTILINE)
_NUMERAL = re.compile(r"[-+±]?\d+(?:[.,]\d+)*%?")
_INSIDE_WORD = re.compile(r"[A-Za-z]{2}")
_has_cjk = re.compile(f"[{_CJK}]").search


def extract_terms(passages: Sequence[Passage]) -> list[Term]:
    """Return every naming in the passages, in their order; a term may be named more than once."""
    course = _CourseText.from_text("\n".join(passage.text for passage in passages))
    return [*_heading_terms(passages), *(t for i, p in enumerate(passages) for t in _passage_terms(i, p, course))]


@dataclass(frozen=True, slots=True)
class _CourseText:
    """All its text, and the names that its programs give: those of examples, not of ideas."""

    text: str
    in_code: frozenset[str]

    @classmethod
    def from_text(cls, text: str) -> _CourseText:
        return cls(text, frozenset(name for names in _IN_CODE.findall(text) for name in names if name))


def _heading_terms(passages: Sequence[Passage]) -> Iterator[Term]:
    """Yield the names of sections; one that stands in three places under different sections is a habit of the book."""
    seen: dict[tuple[str, ...], int] = {}
    for at, passage in enumerate(passages):
        for depth in range(1, min(len(passage.heading), 3) + 1):
            seen.setdefault((passage.document_id, *passage.heading[:depth]), at)
    times = Counter(path[-1] for path in seen)
    for path, at in seen.items():
        name = heading_topic(path[-1])
        own = len(path) == 1 + len(passages[at].heading)
        if name and times[path[-1]] < 3 and not (own and _is_task_or_table(passages[at], path[-1])):
            yield Term(name, TermSource.HEADING, at, PassageSpan(passages[at].id, 0, 0, ""))


def _is_task_or_table(passage: Passage, heading: str) -> bool:
    """Whether a section begins with a task, or its heading is the head of a table, cut from a page."""
    text = passage.text.strip().removeprefix(heading).strip()
    words = text.split()[:20]
    return bool(_TASK_START.match(text)) or sum(bool(_NUMERAL.fullmatch(word)) for word in words) * 4 > len(words) > 0


def _passage_terms(at: int, passage: Passage, course: _CourseText) -> Iterator[Term]:
    if any(_GLOSSARY.search(heading) for heading in passage.heading):
        for line in _GLOSSARY_LINE.finditer(passage.text):
            yield Term(line["name"], TermSource.GLOSSARY, at, PassageSpan(passage.id, *line.span(), line.group()))
    for start, end in split_sentences(passage.text):
        text = passage.text[start:end]
        names = (
            list(_chinese_names(text, course.text)) if _has_cjk(text) else list(_english_names(text, course.in_code))
        )
        for name in dict.fromkeys(names):
            yield Term(name, TermSource.DEFINITION, at, PassageSpan(passage.id, start, end, text))


def _english_names(sentence: str, in_code: frozenset[str]) -> Iterator[str]:
    text = " ".join(sentence.lstrip("-•* ").split())
    if text.startswith(("|", "```")) or _TASK_START.match(text):
        return
    for pattern in _ENGLISH:
        for match in pattern.finditer(text):
            if (
                (name := _clean_name(match["name"]))
                and not match["name"].isupper()
                and not _is_example_name(match, in_code)
            ):
                yield name
    for match in _ACRONYM.finditer(text):
        words = match["name"].split()[-len(match["short"].rstrip("s")) :]
        if "".join(word[0] for word in words).lower() == match["short"].rstrip("s").lower():
            yield " ".join(words)


def _is_example_name(match: re.Match[str], in_code: frozenset[str]) -> bool:
    """Whether it names a thing of an example: "quantity is an integer", "The variable data is ...", "A car's speed"."""
    words = match["name"].split()
    first, last = words[0], words[-1]
    bare = match.start("name") == 0  # without "a" or "the"
    variable = len(words) > 1 and first == "variable" and last in in_code
    return (bare and len(words) == 1 and first in in_code) or variable or (first.islower() and first.endswith("'s"))


def _clean_name(name: str) -> str:
    """Return a name as it is said in the middle of a sentence; "" for what names nothing."""
    words = name.split()
    lower = [word.lower() for word in words]
    if lower[0] in _POINTING or lower[-1] in _POINTING or _FUNCTION_WORDS & set(lower) or len(name) < 3 or "_" in name:
        return ""
    if len(words) == 1 and lower[0] in _GENERIC_NOUNS:
        return ""
    if lower[-1].endswith("ly") or len(words[-1]) == 1 or (lower[0].endswith("ing") and words[0][0].isupper()):
        return ""  # an adverb, "variable x", "Making mistakes is ..."
    proper = words[0][1:] != words[0][1:].lower() or any(word[0].isupper() for word in words[1:])
    return " ".join((words[0] if proper else lower[0], *words[1:]))


def _chinese_names(sentence: str, course: str) -> Iterator[str]:
    for pattern in (_CALLED_ZH, _IS_ZH):
        for match in pattern.finditer(sentence):
            if (name := _CUT_ZH.split(match["name"])[-1]) and len(name) > 1 and not _CUT_ZH.fullmatch(name):
                yield name
    for match in _TRANSLATED.finditer(sentence):
        if name := _trim_chinese_name(match["left"], match["english"], course):
            yield name


def _trim_chinese_name(left: str, english: str, course: str) -> str:
    """Return where a Chinese name before its translation begins: after a word that joins, or where its length fits.

    A word of English is about two characters. Of 317 such names of one book, 86 in 100 are cut as the book has them.
    """
    piece = _CUT_ZH.split(left)[-1]
    words = len(re.findall(r"[A-Za-z]+", english))

    def worth(name: str) -> float:
        whole = 2.0 if len(name) == len(piece) else 0.0
        return whole + 0.25 * math.log(course.count(name)) - 0.5 * abs(len(name) - 2 * words)

    starts = [at for at in range(len(piece) - 1) if not _INSIDE_WORD.match(piece, max(0, at - 1))]
    return max((piece[at:] for at in starts), key=worth, default="")
