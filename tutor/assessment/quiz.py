"""Quiz items from passages without a language model: definitions, gaps, truths, numbers and orders.

Every item quotes its passage, is solved from that quote alone before it is returned (`solve`), and its wrong options
are terms of the same course that the quote rules out. Deterministic for a seed.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator, Sequence

from knowledge.documents import Passage
from tutor.assessment.checks import degenerate, solve
from tutor.assessment.items import Item, Kind, Source
from tutor.assessment.terms import Definition, Sentence, definitions, holds, key_terms, same_term, sentences

OPTIONS = 4
GAP = "_____"
_NUMBER = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w.,-]*\d|[\w'’-])"
)
_STEPS = re.compile(r"(?:^|\n)\s*(?:\d{1,2}[.)]|step \d{1,2}[:.])\s+([^\n]{8,140})", re.IGNORECASE)


def make_quiz(passages: Sequence[Passage], *, seed: int = 0, limit: int | None = None) -> list[Item]:
    """Return checked items, kinds mixed, at most one a sentence and kind; fewer when the text holds fewer."""
    found = sentences(passages)
    defined = definitions(found)
    terms = [d.term for d in defined]
    makers: tuple[Callable[[random.Random], Iterator[Item]], ...] = (
        lambda rng: _definition_items(defined, rng),
        lambda rng: _gap_items(found, defined, rng),
        lambda rng: _truth_items(defined, rng),
        lambda rng: _number_items(found),
        lambda rng: _order_items(passages, rng),
    )
    texts = {passage.id: passage.text for passage in passages}
    made = [[item for item in make(random.Random(seed)) if _sound(item, texts, terms)] for make in makers]
    mixed = [items[n] for n in range(max(map(len, made), default=0)) for items in made if n < len(items)]
    return mixed[:limit]


def _sound(item: Item, texts: dict[str, str], terms: Sequence[str]) -> bool:
    """Whether the item is solved by its own passage alone and gives nothing away."""
    assert item.source is not None
    quoted = " ".join(item.source.quote.split()) in " ".join(texts[item.source.passage_id].split())
    return quoted and not degenerate(item) and solve(item, terms) == item.keys


def _definition_items(defined: Sequence[Definition], rng: random.Random) -> Iterator[Item]:
    """Which term is described? The wrong options are other terms of the course, nearest in form."""
    for definition in defined:
        options = _with_distractors(definition.term, definition.sentence, defined, rng)
        if options:
            prompt = f"Which term fits this description: {definition.body.rstrip('.')}?"
            yield _item(Kind.CHOICE, prompt, (definition.term,), definition.sentence, options, definition.term)


def _gap_items(found: Sequence[Sentence], defined: Sequence[Definition], rng: random.Random) -> Iterator[Item]:
    """A sentence about a key term with the term left out; not the sentence that defines it."""
    defining = {d.sentence.text for d in defined}
    for term in key_terms(found, defined):
        about = [s for s in found if s.text not in defining and holds(s.text, term)]
        for sentence in about[:2]:
            gapped, count = re.subn(rf"\b{re.escape(term)}\b", GAP, sentence.text, flags=re.IGNORECASE)
            if count == 1 and len(gapped.split()) >= 8:
                yield _item(Kind.CLOZE, f"Fill the gap: {gapped}", (term,), sentence, (), term)


def _truth_items(defined: Sequence[Definition], rng: random.Random) -> Iterator[Item]:
    """The definition as it stands, or with the term of another definition."""
    for definition in defined:
        true = rng.random() < 0.5
        others = _with_distractors(definition.term, definition.sentence, defined, rng)
        if not others:
            continue
        other = next(option for option in others if option != definition.term)
        said = definition.term if true else other
        prompt = f'True or false: "{definition.body.rstrip(".")}" describes the term "{said}".'
        yield _item(Kind.TRUE_FALSE, prompt, ("true" if true else "false",), definition.sentence, (), definition.term)


def _number_items(found: Sequence[Sentence]) -> Iterator[Item]:
    """A sentence with exactly one number, left out."""
    for sentence in found:
        numbers = list(_NUMBER.finditer(sentence.text))
        if (
            len(numbers) != 1
            or "$" in sentence.text
            or re.search(
                r"(?:chapter|section|figure|table|page|step|example)\s*$", sentence.text[: numbers[0].start()], re.I
            )
        ):
            continue
        at = numbers[0]
        prompt = f"Which number fits: {sentence.text[: at.start()]}{GAP}{sentence.text[at.end() :]}"
        yield _item(Kind.NUMBER, prompt, (at.group(),), sentence, (), "")


def _order_items(passages: Sequence[Passage], rng: random.Random) -> Iterator[Item]:
    """The numbered steps of one passage, shuffled."""
    for passage in passages:
        steps = [" ".join(step.split()).rstrip(".;") for step in _STEPS.findall(passage.text)]
        if 3 <= len(steps) <= 6 and len(set(steps)) == len(steps):
            shuffled = list(steps)
            while shuffled == steps:
                rng.shuffle(shuffled)
            quote = Sentence(passage.id, passage.text)
            yield _item(Kind.ORDERING, "Put these steps in order.", tuple(steps), quote, tuple(shuffled), "")


def _with_distractors(
    term: str, sentence: Sentence, defined: Sequence[Definition], rng: random.Random
) -> tuple[str, ...]:
    """The term among three others that its sentence does not hold, shuffled; empty when there are too few."""
    others = [d.term for d in defined if not same_term(d.term, term) and not holds(sentence.text, d.term)]
    others.sort(key=lambda other: (_unlike(term, other), hashlib.sha256((term + other).encode()).hexdigest()))
    chosen: list[str] = []
    for other in others:
        if len(chosen) < OPTIONS - 1 and not any(same_term(other, one) for one in chosen):
            chosen.append(other)
    if len(chosen) < OPTIONS - 1:
        return ()
    options = [_in_case_of(term, other) for other in chosen] + [term]
    rng.shuffle(options)
    return tuple(options)


def _unlike(term: str, other: str) -> int:
    """How far two terms differ in form: words, plural and ending, so that form gives nothing away."""
    plural = term.endswith("s") != other.endswith("s")
    return 2 * abs(len(term.split()) - len(other.split())) + 2 * plural + (term[-3:] != other[-3:])


def _in_case_of(term: str, other: str) -> str:
    if other.isupper():
        return other
    return other[0].upper() + other[1:] if term[0].isupper() else other[0].lower() + other[1:]


def _item(
    kind: Kind, prompt: str, keys: tuple[str, ...], sentence: Sentence, options: tuple[str, ...], skill: str
) -> Item:
    digest = hashlib.sha256("\x1f".join((kind.value, prompt, *keys, sentence.passage_id)).encode()).hexdigest()[:16]
    source = Source(sentence.passage_id, sentence.text)
    return Item(digest, kind, prompt, keys, options, source=source, skill=skill, difficulty=_DIFFICULTY[kind])


_DIFFICULTY = {Kind.TRUE_FALSE: 0.3, Kind.CHOICE: 0.4, Kind.ORDERING: 0.6, Kind.CLOZE: 0.6, Kind.NUMBER: 0.7}
