"""Concepts: what a course teaches and what builds on what, proposed from its own text for an instructor to edit.

Names come from `term_extraction.py`. X needs Y where the sentence that defines X uses Y, where X is by its name a kind
of Y, or where the passages about X mention Y and those about Y do not mention X (reference distance: Liang et al.,
"Measuring Prerequisite Relations Among Concepts", 2015). Every edge cites its evidence. The strongest edges are taken
first and none that closes a cycle, so the graph is acyclic. The same passages always give the same proposal.
"""

from __future__ import annotations

import functools
import json
import math
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledge.documents import Passage
from knowledge.languages import fold, words
from knowledge.languages.scripts import has_han
from knowledge.languages.sentences import split_sentences
from knowledge.languages.stemming import stem
from knowledge.term_extraction import PassageSpan, Term, TermSource, extract_terms

MAX_CONCEPTS = 150  # of a course; more than an instructor would edit
_MAX_PREREQUISITES = 3  # of one concept
_MAX_TEACHING_PASSAGES = 6  # of one concept
_UBIQUITOUS_SHARE, _UBIQUITOUS_MIN_PASSAGES = 0.15, 5  # share of the passages, and the fewest that count as many
_MAX_CENTRALITY = 8.5  # of what a glossary, a definition and a heading name and forty passages mention
_MIN_TEACHING_PASSAGES = 2  # about a concept, for mentions in them to be more than a co-mention
_MIN_SENSE_SHARE = 0.25  # of the words that introduce a prerequisite, in the passages about the concept
_MIN_REFD = 0.5  # reference distance: mentions of the one in passages about the other, minus the reverse; in shares
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


STOP_STEMS = frozenset(stem(word) for word in words("text", "STOP_WORDS", spaced=True))


class EdgeBasis(StrEnum):
    """Why an edge is proposed."""

    NAME = "name"  # "while loop" is a kind of "loop"
    DEFINITION = "definition"  # the sentence that introduces the concept uses the prerequisite
    MENTION = "mention"  # the passages about the concept mention the prerequisite, and not the reverse


@dataclass(frozen=True, slots=True)
class Concept:
    """Something a course teaches; `evidence` introduces it, `sureness` in [0, 1] is how clearly the course does."""

    id: str
    name: str
    source: TermSource
    evidence: PassageSpan
    sureness: float = 0.0


@dataclass(frozen=True, slots=True)
class ConceptEdge:
    """`concept` builds on `prerequisite` (ids); `strength` in [0, 1] is how likely that is."""

    concept: str
    prerequisite: str
    basis: EdgeBasis
    evidence: PassageSpan
    strength: float


@dataclass(frozen=True, slots=True)
class ConceptProposal:
    """Concepts in the order in which the course introduces them, and acyclic edges."""

    concepts: tuple[Concept, ...]
    edges: tuple[ConceptEdge, ...]


@dataclass(frozen=True, slots=True)
class EdgeModel:
    """A logistic model over FEATURES of the probability that a textbook introduces the prerequisite first."""

    weights: tuple[float, ...]
    bias: float
    min_strength: float  # of an edge that is proposed when the order of teaching is unknown


FEATURES = ("name", "definition", "leaning", "wider")


@functools.cache
def load_edge_model() -> EdgeModel:
    """Return the model of `concepts.json`; `bench/concepts.py` fits it."""
    stored = json.loads(Path(__file__).with_name("concepts.json").read_text("utf-8"))
    return EdgeModel(tuple(stored["weights"][name] for name in FEATURES), stored["bias"], stored["least"])


def propose_concepts(
    passages: Sequence[Passage], *, in_order: bool = True, limit: int = MAX_CONCEPTS
) -> ConceptProposal:
    """Return the concepts of a course and their prerequisites.

    `in_order`: the passages are in the order of teaching, so no prerequisite is introduced after the concept. Set it
    to False for documents in no particular order.
    """
    candidates = find_concept_candidates(passages, limit)
    concepts = tuple(_to_concept(candidate) for candidate in candidates)
    edges = [_score_edge(pair, passages) for pair in candidate_pairs(candidates, in_order=in_order)]
    likely = sorted((edge for edge in edges if in_order or _is_likely(edge)), key=_strength_key)
    return ConceptProposal(concepts, tuple(_drop_cycles(likely)))


@dataclass(frozen=True, slots=True)
class _SearchableText:
    """A text in the two forms in which keys are looked up: stems between spaces, and characters without spaces."""

    stems: str
    characters: str

    @classmethod
    def from_text(cls, text: str) -> _SearchableText:
        folded = fold(text)
        return cls(f" {' '.join(_stems(folded))} ", "".join(folded.split()).casefold())

    def contains(self, key: str) -> bool:
        return self.count(key) > 0

    def count(self, key: str) -> int:
        return (self.characters if has_han(key) else self.stems).count(key)


@dataclass(frozen=True, slots=True)
class ConceptCandidate:
    """All terms for one thing, and the passages (by index) that mention it."""

    key: str
    terms: tuple[Term, ...]
    mentions: frozenset[int] = frozenset()
    mention_count: int = 0
    named: frozenset[int] = frozenset()  # of the mentions, those in a form of the name and not only of its stem
    teaching_passages: tuple[int, ...] = ()
    centrality: float = 0.0
    taught: str = ""  # the stems of its teaching passages, between spaces
    introduction: _SearchableText = _SearchableText("", "")  # the sentence that introduces it
    is_ubiquitous: bool = False  # mentioned all over the course, so a mention is not evidence

    @property
    def id(self) -> str:
        return "-".join(self.key.split())

    @property
    def primary_term(self) -> Term:
        """The clearest introduction: a glossary's, then the first definition, then a heading."""
        order = (TermSource.GLOSSARY, TermSource.DEFINITION, TermSource.HEADING)
        return min(self.terms, key=lambda term: (order.index(term.source), term.passage_index))

    @property
    def sources(self) -> frozenset[TermSource]:
        return frozenset(term.source for term in self.terms)

    @property
    def name(self) -> str:
        in_text = [term.name for term in self.terms if term.source is not TermSource.HEADING]
        return min(in_text or [self.terms[0].name], key=lambda name: (len(name), name))


def concept_key(name: str) -> str:
    """Return the key that all spellings of a name share: number, case and traditional characters do not count."""
    folded = fold(name)
    if has_han(folded):
        return "".join(folded.split()).casefold()
    return f" {' '.join(_stems(folded))} "


def _stems(text: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(text.lower())]


def _group_by_key(terms: Sequence[Term]) -> list[ConceptCandidate]:
    groups: dict[str, list[Term]] = {}
    for term in terms:
        if (key := concept_key(term.name)).strip():
            groups.setdefault(key, []).append(term)
    return [ConceptCandidate(key, tuple(group)) for key, group in groups.items()]


def find_concept_candidates(passages: Sequence[Passage], limit: int) -> list[ConceptCandidate]:
    """Return the most central ideas of a course, in the order in which it introduces them."""
    texts = [_SearchableText.from_text(passage.text) for passage in passages]
    all_found = [_with_mentions(found, passages, texts) for found in _group_by_key(extract_terms(passages))]
    recurring = [found for found in all_found if _is_recurring(found)]
    central = sorted(recurring, key=lambda found: (-found.centrality, found.key))[:limit]
    return sorted(central, key=_introduction_order)


def _introduction_order(candidate: ConceptCandidate) -> tuple[int, int, str]:
    return candidate.primary_term.passage_index, candidate.primary_term.evidence.start, candidate.key


def _with_mentions(
    found: ConceptCandidate, passages: Sequence[Passage], texts: Sequence[_SearchableText]
) -> ConceptCandidate:
    mentions = frozenset(at for at, text in enumerate(texts) if text.contains(found.key))
    taught = dict.fromkeys([found.primary_term.passage_index, *(term.passage_index for term in found.terms)])
    for term in found.terms:
        if term.source is TermSource.HEADING:
            taught |= dict.fromkeys(_passages_under(term, passages))
    centrality = 3.0 * (TermSource.GLOSSARY in found.sources) + 2.0 * (TermSource.DEFINITION in found.sources)
    centrality += 1.5 * (TermSource.HEADING in found.sources) + min(len(mentions), 40) / 20
    return ConceptCandidate(
        found.key,
        found.terms,
        mentions,
        mention_count=sum(texts[at].count(found.key) for at in mentions),
        named=frozenset(at for at in mentions if _names(passages[at].text, found.terms)),
        teaching_passages=tuple(taught)[:_MAX_TEACHING_PASSAGES],
        centrality=centrality,
        taught=" ".join(texts[at].stems for at in tuple(taught)[:_MAX_TEACHING_PASSAGES]),
        introduction=_SearchableText.from_text(found.primary_term.evidence.text),
        is_ubiquitous=len(mentions) > max(_UBIQUITOUS_MIN_PASSAGES, _UBIQUITOUS_SHARE * len(texts)),
    )


def _names(text: str, terms: Sequence[Term]) -> bool:
    folded = fold(text).casefold()
    return any(fold(name).casefold() in folded for name in {term.name for term in terms})


def _passages_under(term: Term, passages: Sequence[Passage]) -> Iterator[int]:
    opening = passages[term.passage_index]
    for at in range(term.passage_index, min(term.passage_index + 3 * _MAX_TEACHING_PASSAGES, len(passages))):
        passage = passages[at]
        if passage.document_id != opening.document_id:
            return
        if passage.heading[: len(opening.heading)] == opening.heading:
            yield at


def _is_recurring(candidate: ConceptCandidate) -> bool:
    """Whether the course returns to it; a term that is defined once and never used again is a passing remark."""
    return candidate.mention_count >= 2 or bool(candidate.sources - {TermSource.DEFINITION})


def _to_concept(candidate: ConceptCandidate) -> Concept:
    term = candidate.primary_term
    sureness = round(min(1.0, candidate.centrality / _MAX_CENTRALITY), 3)
    return Concept(candidate.id, candidate.name, term.source, term.evidence, sureness)


@dataclass(frozen=True, slots=True)
class ConceptPair:
    """A concept and its possible prerequisite, with the values of FEATURES."""

    concept: ConceptCandidate
    prerequisite: ConceptCandidate
    features: tuple[float, ...]


def candidate_pairs(candidates: Sequence[ConceptCandidate], *, in_order: bool) -> Iterator[ConceptPair]:
    """Yield the pairs for which there is any evidence."""
    for concept in candidates:
        for other in candidates:
            late = in_order and other.primary_term.passage_index > concept.primary_term.passage_index
            if other is concept or concept.key in other.key or late:
                continue
            if (features := _pair_features(concept, other)) is not None:
                yield ConceptPair(concept, other, features)


def _pair_features(concept: ConceptCandidate, other: ConceptCandidate) -> tuple[float, ...] | None:
    by_name = other.key in concept.key
    defined = concept.introduction.contains(other.key) and not other.introduction.contains(concept.key)
    distance = _mention_share(concept, other) - _mention_share(other, concept)
    mentioned = distance >= _MIN_REFD and not other.is_ubiquitous and _is_used(concept, other)
    if not by_name and not defined and not mentioned:
        return None
    wider = math.log((1 + len(other.mentions)) / (1 + len(concept.mentions)))
    return float(by_name), float(defined), distance, wider


def _is_used(concept: ConceptCandidate, other: ConceptCandidate) -> bool:
    """Whether several passages about a concept mention another one, most of them and by its name.

    One passage that mentions both is a co-mention; a shared stem ("functions" and "functionalism") is none at all.
    """
    about = concept.teaching_passages
    named = sum(at in other.named for at in about)
    return len(about) >= _MIN_TEACHING_PASSAGES and 2 * named > len(about) and _has_the_sense(concept, other)


def _has_the_sense(concept: ConceptCandidate, other: ConceptCandidate) -> bool:
    """Whether the passages about a concept use the words that introduce another: a base of DNA is no base of chemistry.

    Told only for languages with spaces, whose introductions are cut into words.
    """
    own = set(other.key.split()) | STOP_STEMS
    introduced = [word for word in dict.fromkeys(other.introduction.stems.split()) if word not in own]
    used = sum(f" {word} " in concept.taught for word in introduced)
    return not introduced or used >= _MIN_SENSE_SHARE * len(introduced)


def _score_edge(pair: ConceptPair, passages: Sequence[Passage]) -> ConceptEdge:
    concept, other = pair.concept, pair.prerequisite
    by_name, defined, *_ = pair.features
    logit = sum(map(operator.mul, load_edge_model().weights, pair.features)) + load_edge_model().bias
    basis = EdgeBasis.NAME if by_name else EdgeBasis.DEFINITION if defined else EdgeBasis.MENTION
    quote = _first_mention(concept, other, passages) if basis is EdgeBasis.MENTION else concept.primary_term.evidence
    return ConceptEdge(concept.id, other.id, basis, quote, round(1 / (1 + math.exp(-logit)), 3))


def _first_mention(concept: ConceptCandidate, other: ConceptCandidate, passages: Sequence[Passage]) -> PassageSpan:
    """Return the first sentence in the passages about `concept` that mentions `other`."""
    passage = passages[next(at for at in concept.teaching_passages if at in other.mentions)]
    spans = split_sentences(passage.text)
    span = next(
        (s for s in spans if _SearchableText.from_text(passage.text[slice(*s)]).contains(other.key)),
        (0, len(passage.text)),
    )
    return PassageSpan(passage.id, *span, passage.text[slice(*span)])


def _mention_share(concept: ConceptCandidate, other: ConceptCandidate) -> float:
    """Return the share of the passages about `concept` that mention `other`."""
    return sum(at in other.mentions for at in concept.teaching_passages) / len(concept.teaching_passages)


def _is_likely(edge: ConceptEdge) -> bool:
    """Whether an edge is strong enough without a known order of teaching; one by name always is."""
    return edge.basis is EdgeBasis.NAME or edge.strength >= load_edge_model().min_strength


def _strength_key(edge: ConceptEdge) -> tuple[int, float, str, str]:
    """Order by basis (name, definition, mention), then by strength."""
    return list(EdgeBasis).index(edge.basis), -edge.strength, edge.concept, edge.prerequisite


def _drop_cycles(edges: Sequence[ConceptEdge]) -> Iterator[ConceptEdge]:
    """Yield the edges, best first, without those that close a cycle or that a path already implies."""
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
        for prerequisite in before.get(waiting.pop(), ()):
            if prerequisite not in found:
                found.add(prerequisite)
                waiting.append(prerequisite)
    return found
