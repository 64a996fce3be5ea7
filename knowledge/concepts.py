"""Concepts: what a course teaches and what needs what, proposed from its own words for an instructor to edit.

Names come from `term_extraction.py`. X needs Y where the sentence that defines X uses Y, where X is by its
name a kind of Y, or
where the passages about X speak of Y and those about Y do not speak of X. Every edge shows the words it rests on; the
strongest are taken first and none that would close a circle, so the graph has none. The same passages always give the
same proposal.
"""

from __future__ import annotations

import functools
import json
import math
import operator
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import Stemmer

from knowledge.documents import Passage
from knowledge.sentences import sentences
from knowledge.term_extraction import Evidence, Source, Term, found

MOST = 150  # concepts of a course; more than anybody edits
_NEEDS = 3  # edges that leave one concept
_TAUGHT = 6  # passages that a concept is looked up in
_EVERYWHERE, _FEW = 0.15, 5  # share of the passages, and how many are few in any course
_LEANING = 0.5  # by how much more of the passages about the one speak of the other than the other way round
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


class Ground(StrEnum):
    """What an edge rests on."""

    NAME = "name"  # "while loop" is a kind of "loop"
    DEFINITION = "definition"  # the sentence that introduces the one uses the other
    MENTION = "mention"  # the passages about the one speak of the other, and not the other way round


@dataclass(frozen=True, slots=True)
class Concept:
    """Something a course teaches. `passages` are the ids of where, the introducing one first."""

    id: str
    name: str
    source: Source
    evidence: Evidence
    passages: tuple[str, ...]
    weight: float  # how central it is: 1 for the most central of the course


@dataclass(frozen=True, slots=True)
class Edge:
    """`concept` builds on `needs` (ids): why, in whose words, and how sure, in [0, 1]."""

    concept: str
    needs: str
    ground: Ground
    evidence: Evidence
    strength: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """Concepts in the order in which the course introduces them, and edges without a circle."""

    concepts: tuple[Concept, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic model over FEATURES of the chance that a textbook introduces the need first."""

    values: tuple[float, ...]
    bias: float
    least: float  # the strength from which on an edge is proposed where the order is unknown


FEATURES = ("name", "definition", "leaning", "wider")


@functools.cache
def weights() -> Weights:
    """Return the model of `concepts.json`; `bench/concepts.py` fits it."""
    kept = json.loads(Path(__file__).with_name("concepts.json").read_text("utf-8"))
    return Weights(tuple(kept["weights"][name] for name in FEATURES), kept["bias"], kept["least"])


def propose_concepts(passages: Sequence[Passage], *, in_order: bool = True, most: int = MOST) -> Proposal:
    """Return the concepts of a course and what each needs.

    `in_order`: the passages stand in the order of teaching, so that nothing needs what is introduced after it.
    Set it to False for documents in no order.
    """
    ideas = ideas_of(passages, most)
    concepts = tuple(_concept(idea, passages, ideas) for idea in ideas)
    edges = [_edge(pair, passages) for pair in pairs_of(ideas, in_order=in_order)]
    likely = sorted((edge for edge in edges if in_order or _is_likely(edge)), key=_strongest_first)
    return Proposal(concepts, tuple(_without_circles(likely)))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as names are looked up in it: its stems between spaces, and its characters without any."""

    stems: str
    characters: str

    @classmethod
    def of(cls, text: str) -> _Text:
        return cls(f" {' '.join(_stems(text))} ", "".join(text.split()).casefold())

    def holds(self, key: str) -> bool:
        return self.times(key) > 0

    def times(self, key: str) -> int:
        return (self.characters if _CJK.search(key) else self.stems).count(key)


@dataclass(frozen=True, slots=True)
class Idea:
    """All namings of one thing, and the passages (by place) that speak of it."""

    key: str
    terms: tuple[Term, ...]
    mentions: frozenset[int] = frozenset()
    times: int = 0
    taught: tuple[int, ...] = ()
    weight: float = 0.0
    opening: _Text = _Text("", "")  # the words that introduce it
    everywhere: bool = False  # mentioned all over the course, so that a mention says nothing

    @property
    def id(self) -> str:
        return "-".join(self.key.split())

    @property
    def first(self) -> Term:
        """The naming that says most: a glossary's, then the first definition."""
        order = (Source.GLOSSARY, Source.DEFINITION, Source.HEADING)
        return min(self.terms, key=lambda term: (order.index(term.source), term.passage))

    @property
    def sources(self) -> frozenset[Source]:
        return frozenset(term.source for term in self.terms)

    @property
    def name(self) -> str:
        spoken = [term.name for term in self.terms if term.source is not Source.HEADING]
        return min(spoken or [self.terms[0].name], key=lambda name: (len(name), name))


def key_of(name: str) -> str:
    """Equal keys name the same: number and case do not count."""
    if _CJK.search(name):
        return "".join(name.split()).casefold()
    return f" {' '.join(_stems(name))} "


_stemmers = threading.local()


def _stems(text: str) -> list[str]:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return list(_stemmers.english.stemWords(_WORD.findall(text.lower())))


def _gathered(terms: Sequence[Term]) -> list[Idea]:
    groups: dict[str, list[Term]] = {}
    for term in terms:
        if (key := key_of(term.name)).strip():
            groups.setdefault(key, []).append(term)
    return [Idea(key, tuple(group)) for key, group in groups.items()]


def ideas_of(passages: Sequence[Passage], most: int) -> list[Idea]:
    """Return what a course is about, in the order in which it introduces it."""
    texts = [_Text.of(passage.text) for passage in passages]
    ideas = _gathered(found(passages))
    known = [_looked_up(idea, passages, texts) for idea in ideas]
    kept = sorted((idea for idea in known if _matters(idea)), key=lambda idea: (-idea.weight, idea.key))[:most]
    return sorted(kept, key=lambda idea: (idea.first.passage, idea.first.evidence.start, idea.key))


def _looked_up(idea: Idea, passages: Sequence[Passage], texts: Sequence[_Text]) -> Idea:
    mentions = frozenset(at for at, text in enumerate(texts) if text.holds(idea.key))
    taught = dict.fromkeys([idea.first.passage, *(term.passage for term in idea.terms)])
    for term in idea.terms:
        if term.source is Source.HEADING:
            taught |= dict.fromkeys(_under(term, passages))
    weight = 3.0 * (Source.GLOSSARY in idea.sources) + 2.0 * (Source.DEFINITION in idea.sources)
    weight += 1.5 * (Source.HEADING in idea.sources) + min(len(mentions), 40) / 20
    times = sum(texts[at].times(idea.key) for at in mentions)
    opening = _Text.of(idea.first.evidence.text)
    everywhere = len(mentions) > max(_FEW, _EVERYWHERE * len(texts))
    return Idea(idea.key, idea.terms, mentions, times, tuple(taught)[:_TAUGHT], weight, opening, everywhere)


def _under(term: Term, passages: Sequence[Passage]) -> Iterator[int]:
    opening = passages[term.passage]
    for at in range(term.passage, min(term.passage + 3 * _TAUGHT, len(passages))):
        passage = passages[at]
        if passage.document_id != opening.document_id:
            return
        if passage.heading[: len(opening.heading)] == opening.heading:
            yield at


def _matters(idea: Idea) -> bool:
    """Whether the course comes back to it: named once and never again is a passing remark."""
    return idea.times >= 2 or bool(idea.sources - {Source.DEFINITION})


def _concept(idea: Idea, passages: Sequence[Passage], ideas: Sequence[Idea]) -> Concept:
    most = max(other.weight for other in ideas)
    taught = tuple(passages[at].id for at in idea.taught)
    first = idea.first
    return Concept(idea.id, idea.name, first.source, first.evidence, taught, round(idea.weight / most, 3))


@dataclass(frozen=True, slots=True)
class Pair:
    """Something that may need something, and what speaks for it as FEATURES names it."""

    skill: Idea
    need: Idea
    features: tuple[float, ...]


def pairs_of(ideas: Sequence[Idea], *, in_order: bool) -> Iterator[Pair]:
    """Yield the pairs for which anything speaks."""
    for skill in ideas:
        for need in ideas:
            late = in_order and need.first.passage > skill.first.passage
            if need is not skill and skill.key not in need.key and not late and (row := _features(skill, need)):
                yield Pair(skill, need, row)


def _features(skill: Idea, need: Idea) -> tuple[float, ...] | None:
    by_name = need.key in skill.key
    defined = skill.opening.holds(need.key) and not need.opening.holds(skill.key)
    leaning = _share(skill, need) - _share(need, skill)
    if not by_name and not defined and (leaning < _LEANING or need.everywhere):
        return None
    wider = math.log((1 + len(need.mentions)) / (1 + len(skill.mentions)))
    return float(by_name), float(defined), leaning, wider


def _edge(pair: Pair, passages: Sequence[Passage]) -> Edge:
    skill, need = pair.skill, pair.need
    by_name, defined, *_ = pair.features
    logit = sum(map(operator.mul, weights().values, pair.features)) + weights().bias
    ground = Ground.NAME if by_name else Ground.DEFINITION if defined else Ground.MENTION
    quote = skill.first.evidence if ground is not Ground.MENTION else _quote(skill, need, passages)
    return Edge(skill.id, need.id, ground, quote, round(1 / (1 + math.exp(-logit)), 3))


def _quote(skill: Idea, need: Idea, passages: Sequence[Passage]) -> Evidence:
    """Return the first sentence about the one that speaks of the other."""
    passage = passages[next(at for at in skill.taught if at in need.mentions)]
    spans = sentences(passage.text)
    span = next((s for s in spans if _Text.of(passage.text[slice(*s)]).holds(need.key)), (0, len(passage.text)))
    return Evidence(passage.id, *span, passage.text[slice(*span)])


def _share(skill: Idea, other: Idea) -> float:
    """Return how many of the passages about a skill speak of the other."""
    return sum(at in other.mentions for at in skill.taught) / len(skill.taught)


def _is_likely(edge: Edge) -> bool:
    """Whether the need may well come first where no order says so; a name says it always."""
    return edge.ground is Ground.NAME or edge.strength >= weights().least


def _strongest_first(edge: Edge) -> tuple[int, float, str, str]:
    """What a name says comes before a definition, and that before what was only mentioned."""
    return list(Ground).index(edge.ground), -edge.strength, edge.concept, edge.needs


def _without_circles(edges: Sequence[Edge]) -> Iterator[Edge]:
    """Yield the edges, best first, without those that close a circle or say what a path says already."""
    before: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for edge in edges:
        reached = _reached(before, edge.concept)
        if (
            count.get(edge.concept, 0) >= _NEEDS
            or edge.needs in reached
            or edge.concept in _reached(before, edge.needs)
        ):
            continue
        before.setdefault(edge.concept, set()).add(edge.needs)
        count[edge.concept] = count.get(edge.concept, 0) + 1
        yield edge


def _reached(before: dict[str, set[str]], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for need in before.get(waiting.pop(), ()):
            if need not in found:
                found.add(need)
                waiting.append(need)
    return found
