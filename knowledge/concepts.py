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
from knowledge.sentences import split_sentences
from knowledge.term_extraction import PassageSpan, Term, TermSource, extract_terms

MAX_CONCEPTS = 150  # concepts of a course; more than anybody edits
_MAX_PREREQUISITES = 3  # edges that leave one concept
_MAX_TEACHING_PASSAGES = 6  # passages that a concept is looked up in
_UBIQUITOUS_SHARE, _UBIQUITOUS_MIN_PASSAGES = 0.15, 5  # share of the passages, and how many are few in any course
_MIN_REFD = 0.5  # by how much more of the passages about the one speak of the other than the other way round
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


class EdgeBasis(StrEnum):
    """What an edge rests on."""

    NAME = "name"  # "while loop" is a kind of "loop"
    DEFINITION = "definition"  # the sentence that introduces the one uses the other
    MENTION = "mention"  # the passages about the one speak of the other, and not the other way round


@dataclass(frozen=True, slots=True)
class Concept:
    """Something a course teaches. `passages` are the ids of where, the introducing one first."""

    id: str
    name: str
    source: TermSource
    evidence: PassageSpan
    passages: tuple[str, ...]
    centrality: float  # how central it is: 1 for the most central of the course


@dataclass(frozen=True, slots=True)
class ConceptEdge:
    """`concept` builds on `needs` (ids): why, in whose words, and how sure, in [0, 1]."""

    concept: str
    prerequisite: str
    basis: EdgeBasis
    evidence: PassageSpan
    strength: float


@dataclass(frozen=True, slots=True)
class ConceptProposal:
    """Concepts in the order in which the course introduces them, and edges without a circle."""

    concepts: tuple[Concept, ...]
    edges: tuple[ConceptEdge, ...]


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """A logistic model over FEATURES of the chance that a textbook introduces the need first."""

    weights: tuple[float, ...]
    bias: float
    min_strength: float  # the strength from which on an edge is proposed where the order is unknown


FEATURES = ("name", "definition", "leaning", "wider")


@functools.cache
def load_edge_model() -> EdgeModel:
    """Return the model of `concepts.json`; `bench/concepts.py` fits it."""
    kept = json.loads(Path(__file__).with_name("concepts.json").read_text("utf-8"))
    return EdgeModel(tuple(kept["weights"][name] for name in FEATURES), kept["bias"], kept["least"])


def propose_concepts(
    passages: Sequence[Passage], *, in_order: bool = True, limit: int = MAX_CONCEPTS
) -> ConceptProposal:
    """Return the concepts of a course and what each needs.

    `in_order`: the passages stand in the order of teaching, so that nothing needs what is introduced after it.
    Set it to False for documents in no order.
    """
    ideas = find_concept_candidates(passages, limit)
    concepts = tuple(_to_concept(idea, passages, ideas) for idea in ideas)
    edges = [_score_edge(pair, passages) for pair in candidate_pairs(ideas, in_order=in_order)]
    likely = sorted((edge for edge in edges if in_order or _is_likely(edge)), key=_strength_key)
    return ConceptProposal(concepts, tuple(_drop_cycles(likely)))


@dataclass(frozen=True, slots=True)
class _SearchableText:
    """A text as names are looked up in it: its stems between spaces, and its characters without any."""

    stems: str
    characters: str

    @classmethod
    def from_text(cls, text: str) -> _SearchableText:
        return cls(f" {' '.join(_stems(text))} ", "".join(text.split()).casefold())

    def contains(self, key: str) -> bool:
        return self.count(key) > 0

    def count(self, key: str) -> int:
        return (self.characters if _CJK.search(key) else self.stems).count(key)


@dataclass(frozen=True, slots=True)
class ConceptCandidate:
    """All namings of one thing, and the passages (by place) that speak of it."""

    key: str
    terms: tuple[Term, ...]
    mentions: frozenset[int] = frozenset()
    mention_count: int = 0
    teaching_passages: tuple[int, ...] = ()
    centrality: float = 0.0
    introduction: _SearchableText = _SearchableText("", "")  # the words that introduce it
    is_ubiquitous: bool = False  # mentioned all over the course, so that a mention says nothing

    @property
    def id(self) -> str:
        return "-".join(self.key.split())

    @property
    def primary_term(self) -> Term:
        """The naming that says most: a glossary's, then the first definition."""
        order = (TermSource.GLOSSARY, TermSource.DEFINITION, TermSource.HEADING)
        return min(self.terms, key=lambda term: (order.index(term.source), term.passage_index))

    @property
    def sources(self) -> frozenset[TermSource]:
        return frozenset(term.source for term in self.terms)

    @property
    def name(self) -> str:
        spoken = [term.name for term in self.terms if term.source is not TermSource.HEADING]
        return min(spoken or [self.terms[0].name], key=lambda name: (len(name), name))


def concept_key(name: str) -> str:
    """Equal keys name the same: number and case do not count."""
    if _CJK.search(name):
        return "".join(name.split()).casefold()
    return f" {' '.join(_stems(name))} "


_stemmers = threading.local()


def _stems(text: str) -> list[str]:
    if not hasattr(_stemmers, "english"):
        _stemmers.english = Stemmer.Stemmer("english")
    return list(_stemmers.english.stemWords(_WORD.findall(text.lower())))


def _group_by_key(terms: Sequence[Term]) -> list[ConceptCandidate]:
    groups: dict[str, list[Term]] = {}
    for term in terms:
        if (key := concept_key(term.name)).strip():
            groups.setdefault(key, []).append(term)
    return [ConceptCandidate(key, tuple(group)) for key, group in groups.items()]


def find_concept_candidates(passages: Sequence[Passage], limit: int) -> list[ConceptCandidate]:
    """Return what a course is about, in the order in which it introduces it."""
    texts = [_SearchableText.from_text(passage.text) for passage in passages]
    ideas = _group_by_key(extract_terms(passages))
    known = [_with_mentions(idea, passages, texts) for idea in ideas]
    kept = sorted((idea for idea in known if _is_recurring(idea)), key=lambda idea: (-idea.centrality, idea.key))[
        :limit
    ]
    return sorted(kept, key=lambda idea: (idea.primary_term.passage_index, idea.primary_term.evidence.start, idea.key))


def _with_mentions(
    idea: ConceptCandidate, passages: Sequence[Passage], texts: Sequence[_SearchableText]
) -> ConceptCandidate:
    mentions = frozenset(at for at, text in enumerate(texts) if text.contains(idea.key))
    taught = dict.fromkeys([idea.primary_term.passage_index, *(term.passage_index for term in idea.terms)])
    for term in idea.terms:
        if term.source is TermSource.HEADING:
            taught |= dict.fromkeys(_passages_under(term, passages))
    weight = 3.0 * (TermSource.GLOSSARY in idea.sources) + 2.0 * (TermSource.DEFINITION in idea.sources)
    weight += 1.5 * (TermSource.HEADING in idea.sources) + min(len(mentions), 40) / 20
    times = sum(texts[at].count(idea.key) for at in mentions)
    opening = _SearchableText.from_text(idea.primary_term.evidence.text)
    everywhere = len(mentions) > max(_UBIQUITOUS_MIN_PASSAGES, _UBIQUITOUS_SHARE * len(texts))
    return ConceptCandidate(
        idea.key, idea.terms, mentions, times, tuple(taught)[:_MAX_TEACHING_PASSAGES], weight, opening, everywhere
    )


def _passages_under(term: Term, passages: Sequence[Passage]) -> Iterator[int]:
    opening = passages[term.passage_index]
    for at in range(term.passage_index, min(term.passage_index + 3 * _MAX_TEACHING_PASSAGES, len(passages))):
        passage = passages[at]
        if passage.document_id != opening.document_id:
            return
        if passage.heading[: len(opening.heading)] == opening.heading:
            yield at


def _is_recurring(idea: ConceptCandidate) -> bool:
    """Whether the course comes back to it: named once and never again is a passing remark."""
    return idea.mention_count >= 2 or bool(idea.sources - {TermSource.DEFINITION})


def _to_concept(idea: ConceptCandidate, passages: Sequence[Passage], ideas: Sequence[ConceptCandidate]) -> Concept:
    most = max(other.centrality for other in ideas)
    taught = tuple(passages[at].id for at in idea.teaching_passages)
    first = idea.primary_term
    return Concept(idea.id, idea.name, first.source, first.evidence, taught, round(idea.centrality / most, 3))


@dataclass(frozen=True, slots=True)
class ConceptPair:
    """Something that may need something, and what speaks for it as FEATURES names it."""

    skill: ConceptCandidate
    prerequisite: ConceptCandidate
    features: tuple[float, ...]


def candidate_pairs(ideas: Sequence[ConceptCandidate], *, in_order: bool) -> Iterator[ConceptPair]:
    """Yield the pairs for which anything speaks."""
    for skill in ideas:
        for need in ideas:
            late = in_order and need.primary_term.passage_index > skill.primary_term.passage_index
            if need is not skill and skill.key not in need.key and not late and (row := _pair_features(skill, need)):
                yield ConceptPair(skill, need, row)


def _pair_features(skill: ConceptCandidate, need: ConceptCandidate) -> tuple[float, ...] | None:
    by_name = need.key in skill.key
    defined = skill.introduction.contains(need.key) and not need.introduction.contains(skill.key)
    leaning = _mention_share(skill, need) - _mention_share(need, skill)
    if not by_name and not defined and (leaning < _MIN_REFD or need.is_ubiquitous):
        return None
    wider = math.log((1 + len(need.mentions)) / (1 + len(skill.mentions)))
    return float(by_name), float(defined), leaning, wider


def _score_edge(pair: ConceptPair, passages: Sequence[Passage]) -> ConceptEdge:
    skill, need = pair.skill, pair.prerequisite
    by_name, defined, *_ = pair.features
    logit = sum(map(operator.mul, load_edge_model().weights, pair.features)) + load_edge_model().bias
    ground = EdgeBasis.NAME if by_name else EdgeBasis.DEFINITION if defined else EdgeBasis.MENTION
    quote = skill.primary_term.evidence if ground is not EdgeBasis.MENTION else _first_mention(skill, need, passages)
    return ConceptEdge(skill.id, need.id, ground, quote, round(1 / (1 + math.exp(-logit)), 3))


def _first_mention(skill: ConceptCandidate, need: ConceptCandidate, passages: Sequence[Passage]) -> PassageSpan:
    """Return the first sentence about the one that speaks of the other."""
    passage = passages[next(at for at in skill.teaching_passages if at in need.mentions)]
    spans = split_sentences(passage.text)
    span = next(
        (s for s in spans if _SearchableText.from_text(passage.text[slice(*s)]).contains(need.key)),
        (0, len(passage.text)),
    )
    return PassageSpan(passage.id, *span, passage.text[slice(*span)])


def _mention_share(skill: ConceptCandidate, other: ConceptCandidate) -> float:
    """Return how many of the passages about a skill speak of the other."""
    return sum(at in other.mentions for at in skill.teaching_passages) / len(skill.teaching_passages)


def _is_likely(edge: ConceptEdge) -> bool:
    """Whether the need may well come first where no order says so; a name says it always."""
    return edge.basis is EdgeBasis.NAME or edge.strength >= load_edge_model().min_strength


def _strength_key(edge: ConceptEdge) -> tuple[int, float, str, str]:
    """What a name says comes before a definition, and that before what was only mentioned."""
    return list(EdgeBasis).index(edge.basis), -edge.strength, edge.concept, edge.prerequisite


def _drop_cycles(edges: Sequence[ConceptEdge]) -> Iterator[ConceptEdge]:
    """Yield the edges, best first, without those that close a circle or say what a path says already."""
    before: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    for edge in edges:
        reached = _reachable(before, edge.concept)
        if (
            count.get(edge.concept, 0) >= _MAX_PREREQUISITES
            or edge.prerequisite in reached
            or edge.concept in _reachable(before, edge.prerequisite)
        ):
            continue
        before.setdefault(edge.concept, set()).add(edge.prerequisite)
        count[edge.concept] = count.get(edge.concept, 0) + 1
        yield edge


def _reachable(before: dict[str, set[str]], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        for need in before.get(waiting.pop(), ()):
            if need not in found:
                found.add(need)
                waiting.append(need)
    return found
