"""Selects the sentences of the passages found that a model writes an answer from: few, and those that hold the answer.

A sentence is weighed by the question's words in it (rare ones weigh more), by meaning, and by the rank of its passage.
One that gives a cause weighs more for a question why, one that lists several things for a list. Neighbours of the best
sentences are read too. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.documents import Hit
from knowledge.languages import DEFAULT, data, detect_language
from knowledge.languages.sentences import split_sentences
from knowledge.lexical import tokenize
from knowledge.passage_roles import teaches
from knowledge.query_rewriting import content_terms
from tutor.answers.course_sentences import CourseSentence, is_prose, states_something, word_count
from tutor.answers.question_form import AnswerForm

MAX_EVIDENCE_WORDS = 150  # reading a word takes a small machine some 25 ms
MAX_PASSAGE_WORDS = 300  # of the whole passages that a model is given
MAX_SEVERAL_WORDS = 450  # where an answer has several parts
SEVERAL_PARTS = (AnswerForm.COMPARISON, AnswerForm.LIST, AnswerForm.STEPS)
MAX_PASSAGES = 3
MAX_SEEDS = 4
NEAREST_SEEDS = 2  # of them those nearest in meaning, which may share no word with the question
MIN_SEED_SHARE = 0.5  # of the best sentence's weight
MAX_QUOTED_WORDS = 60
SURE_COVERAGE = 0.75  # of the question's words, from which a sentence with a cause is quoted
RANK_LOSS, HEADING_SHARE, FORM_BONUS, MEANING_WEIGHT = 0.06, 0.5, 0.12, 0.8
LONG_LISTING_WORDS, LONG_LISTING_LOSS = 60, 0.3  # a long listing has words of everything that it does
# What a sentence has that answers a question of a form.
FORM_MARKS = {AnswerForm.CAUSE: "CAUSAL", AnswerForm.LIST: "ENUMERATES", AnswerForm.STEPS: "ENUMERATES"}

Similarities = Mapping[str, Sequence[float]]  # of each sentence of a passage to the question, by passage id


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """A sentence with its place among those of its passage."""

    sentence: CourseSentence
    place: int
    weight: float
    coverage: float  # share of the question's words in it and in its headings, weighed by rarity
    similarity: float  # to the question


def select_evidence(
    question: str,
    form: AnswerForm,
    hits: Sequence[Hit],
    similarities: Similarities,
    max_words: int = MAX_EVIDENCE_WORDS,
) -> tuple[CourseSentence, ...]:
    """Return the sentences to write an answer from, best passage first, in the order of the passage."""
    weighed = weigh_sentences(question, form, hits, similarities)
    chosen: dict[tuple[str, int], WeighedSentence] = {}
    words = 0.0
    by_place = {_key(one): one for one in weighed}
    for seed in _seeds(weighed):
        passage = seed.sentence.hit.passage.id
        for place in (seed.place, seed.place - 1, seed.place + 1):
            one = by_place.get((passage, place))
            if one is None or _key(one) in chosen:
                continue
            size = word_count(one.sentence.text)
            if words + size <= max_words or not chosen:
                chosen[_key(one)] = one
                words += size
    ranks = {hit.passage.id: rank for rank, hit in enumerate(hits)}
    ordered = sorted(chosen.values(), key=lambda one: (ranks[one.sentence.hit.passage.id], one.place))
    return tuple(one.sentence for one in ordered)


def select_passages(
    question: str,
    form: AnswerForm,
    hits: Sequence[Hit],
    similarities: Similarities,
    first: Sequence[CourseSentence] = (),
) -> tuple[Hit, ...]:
    """Return the passages to write an answer from: those of the sentences `first`, then those of the heaviest ones.

    At least one, at most MAX_PASSAGES, and as many as the words for the form allow.
    """
    weighed = sorted(weigh_sentences(question, form, hits, similarities), key=lambda one: -one.weight)
    ranked = {one.hit.passage.id: one.hit for one in (*first, *(one.sentence for one in weighed))}
    room: float = MAX_SEVERAL_WORDS if form in SEVERAL_PARTS else MAX_PASSAGE_WORDS
    chosen: list[Hit] = []
    for hit in ranked.values():
        size = word_count(hit.passage.text)
        if len(chosen) < MAX_PASSAGES and (size <= room or not chosen):
            chosen.append(hit)
            room -= size
    return tuple(chosen)


def _seeds(weighed: Sequence[WeighedSentence]) -> list[WeighedSentence]:
    """Return the sentences to begin with: the heaviest, and those nearest in meaning if they weigh enough."""
    heaviest = sorted(weighed, key=lambda one: -one.weight)
    nearest = sorted((one for one in weighed if one.similarity), key=lambda one: -one.similarity)[:NEAREST_SEEDS]
    first = heaviest[: MAX_SEEDS - NEAREST_SEEDS]
    chosen = [*first, *(one for one in nearest if one not in first)]
    chosen += [one for one in heaviest if one not in chosen]
    return [one for one in chosen[:MAX_SEEDS] if one.weight >= MIN_SEED_SHARE * heaviest[0].weight]


@dataclass(frozen=True, slots=True)
class BestSentence:
    """The sentence that answers best, with the one before it if it leans on that; `is_sure` where it states a cause."""

    sentence: CourseSentence
    is_sure: bool


def best_sentence(
    question: str, form: AnswerForm, hits: Sequence[Hit], similarities: Similarities
) -> BestSentence | None:
    """Return the one sentence that answers best; None without sentences."""
    weighed = [one for one in weigh_sentences(question, form, hits, similarities) if "```" not in one.sentence.raw]
    best = max(weighed, key=lambda one: one.weight, default=None)
    if best is None:
        return None
    text = best.sentence.text
    leans = _matches("LEANS_ON_BEFORE", text) or (form is AnswerForm.CAUSE and _matches("CONCLUDES", text))
    by_place = {_key(one): one.sentence for one in weighed}
    passage = best.sentence.hit.passage.id
    before = by_place.get((passage, best.place - 1))
    if form in (AnswerForm.LIST, AnswerForm.STEPS):
        return BestSentence(
            _with_following(best.sentence, [by_place.get((passage, best.place + n)) for n in (1, 2)]), False
        )
    is_sure = form is AnswerForm.CAUSE and _matches("STATES_CAUSE", text) and best.coverage >= SURE_COVERAGE
    if before is None or not leans:
        return BestSentence(best.sentence, is_sure and not leans)
    return BestSentence(CourseSentence(best.sentence.hit, before.start, best.sentence.end), is_sure)


def _with_following(first: CourseSentence, following: Sequence[CourseSentence | None]) -> CourseSentence:
    """Return a sentence with those that follow it, up to MAX_QUOTED_WORDS: what is asked for may be listed in prose."""
    whole = first
    for one in following:
        if one is None:
            break
        longer = CourseSentence(first.hit, first.start, one.end)
        if word_count(longer.text) > MAX_QUOTED_WORDS:
            break
        whole = longer
    return whole


def _matches(name: str, text: str) -> bool:
    pattern = data(detect_language(text, DEFAULT), "answer_forms", name, r"(?!)")
    return re.search(pattern, text, re.IGNORECASE) is not None


def weigh_sentences(
    question: str, form: AnswerForm, hits: Sequence[Hit], similarities: Similarities
) -> list[WeighedSentence]:
    """Return every sentence that can be read, with its weight."""
    wanted = dict.fromkeys(content_terms(question))
    rows = [(rank, place, one) for rank, hit in enumerate(hits) for place, one in _sentences(hit)]
    terms = [set(tokenize(one.text)) for _rank, _place, one in rows]
    counts = Counter(term for some in terms for term in some & wanted.keys())
    rarity = {term: math.log((len(rows) + 1) / (counts[term] + 0.5)) for term in wanted}
    total = sum(rarity.values()) or 1.0
    language = detect_language(question, DEFAULT)
    marks = re.compile(data(language, "answer_forms", FORM_MARKS.get(form, ""), r"(?!)"), re.IGNORECASE)
    found = []
    for (rank, place, sentence), own in zip(rows, terms, strict=True):
        heading = set(tokenize(" ".join(sentence.hit.passage.heading)))
        weight = sum(rarity[term] for term in wanted if term in own) / total
        headed = sum(rarity[term] for term in wanted if term in heading - own) / total
        coverage, weight = weight + headed, weight + HEADING_SHARE * headed
        near = similarities.get(sentence.hit.passage.id, ())
        similarity = near[place] if place < len(near) else 0.0
        weight += MEANING_WEIGHT * similarity
        if "```" in sentence.raw and word_count(sentence.raw) > LONG_LISTING_WORDS:
            weight -= LONG_LISTING_LOSS
        weight += FORM_BONUS * bool(marks.search(sentence.text)) - RANK_LOSS * rank
        found.append(WeighedSentence(sentence, place, weight, coverage, similarity))
    return found


def _sentences(hit: Hit) -> list[tuple[int, CourseSentence]]:
    """Return the sentences and listings of a passage with their places among all its sentences."""
    if not teaches(hit.passage.heading, hit.passage.text):
        return []
    found = [CourseSentence(hit, start, end) for start, end in split_sentences(hit.passage.text)]
    return [
        (at, one)
        for at, one in enumerate(found)
        if (is_prose(one.raw) or "```" in one.raw) and word_count(one.text) > 1 and states_something(one.text)
    ]


def _key(one: WeighedSentence) -> tuple[str, int]:
    return one.sentence.hit.passage.id, one.place
