"""Quiz items from passages without a language model: definitions, gaps, truths, numbers and orders.

Every item quotes its passage, is solved from that quote alone before it is returned (`solve`), and its wrong options
are terms of the same course that the quote rules out. Deterministic for a seed.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from knowledge.documents import Passage
from tutor.assessment.item_checks import find_fault, solve_from_quote
from tutor.assessment.items import Item, ItemKind, ItemSource
from tutor.assessment.term_extraction import (
    CJK,
    EXERCISE_HEADING,
    Definition,
    Sentence,
    contains_term,
    extract_definitions,
    extract_sentences,
    find_key_terms,
    is_same_term,
)

OPTION_COUNT = 4
BLANK = "_____"
_NUMBER = re.compile(
    r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w-])|(?<![\w.,-])\d+(?:\.\d+)?(?![\w.,-]*\d|[\w'’-])"
)
_HEADING_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+")
_NUMBERED_STEPS = re.compile(r"(?:^|\n)\s*(?:\d{1,2}[.)]|step \d{1,2}[:.])\s+([^\n]{6,400})", re.IGNORECASE)


def generate_items(passages: Sequence[Passage], *, seed: int = 0, limit: int | None = None) -> list[Item]:
    """Return checked items, kinds mixed, at most one a sentence and kind; fewer when the text holds fewer."""
    found = extract_sentences(passages)
    defined = extract_definitions(found)
    terms = [d.term for d in defined]
    documents = {passage.id: passage.document_id for passage in passages}
    makers: tuple[Callable[[random.Random], Iterator[Item]], ...] = (
        lambda rng: _definition_items(defined, documents, rng),
        lambda rng: _cloze_items(found, defined, rng),
        lambda rng: _true_false_items(defined, documents, rng),
        lambda rng: _number_items(found),
        lambda rng: _ordering_items(passages, rng),
        lambda rng: _short_text_items(defined),
    )
    texts = {passage.id: passage.text for passage in passages}
    made = [[item for item in make(random.Random(seed)) if _is_sound(item, texts, terms)] for make in makers]
    mixed = [items[n] for n in range(max(map(len, made), default=0)) for items in made if n < len(items)]
    return mixed[:limit]


def _is_sound(item: Item, texts: dict[str, str], terms: Sequence[str]) -> bool:
    """Whether the item is solved by its own passage alone and gives nothing away."""
    assert item.source is not None
    quoted = " ".join(item.source.quote.split()) in " ".join(texts[item.source.passage_id].split())
    return quoted and not find_fault(item) and solve_from_quote(item, terms) == item.keys


def _definition_items(
    defined: Sequence[Definition], documents: Mapping[str, str], rng: random.Random
) -> Iterator[Item]:
    """Which term is described? The wrong options are other terms of the course, nearest in form."""
    for definition in defined:
        options = list(_with_distractors(definition.term, definition.sentence, defined, documents))
        rng.shuffle(options)
        if options:
            prompt = _prompt_template("term", definition.body).format(body=definition.body.rstrip("."))
            yield _make_item(
                ItemKind.CHOICE, prompt, (definition.term,), definition.sentence, tuple(options), definition.term
            )


def _cloze_items(found: Sequence[Sentence], defined: Sequence[Definition], rng: random.Random) -> Iterator[Item]:
    """A sentence about a key term with the term left out; not the sentence that defines it."""
    defining = {d.sentence.text for d in defined}
    for term in find_key_terms(found, defined):
        about = [s for s in found if s.text not in defining and contains_term(s.text, term)]
        for sentence in about[:2]:
            edge = "" if CJK.search(term) else r"\b"
            gapped, count = re.subn(f"{edge}{re.escape(term)}{edge}", BLANK, sentence.text, flags=re.IGNORECASE)
            if count == 1 and (len(gapped.split()) >= 8 or CJK.search(term)):
                yield _make_item(
                    ItemKind.CLOZE, _prompt_template("gap", term).format(body=gapped), (term,), sentence, (), term
                )


def _true_false_items(
    defined: Sequence[Definition], documents: Mapping[str, str], rng: random.Random
) -> Iterator[Item]:
    """The definition as it stands, or with the term of another definition."""
    balance = Counter[bool]()  # true ones minus false ones, a language each
    for definition in defined:
        chinese = bool(CJK.search(definition.term))
        true = balance[chinese] < 0 or (balance[chinese] == 0 and rng.random() < 0.5)
        options = _with_distractors(definition.term, definition.sentence, defined, documents)
        if not options:
            continue
        balance[chinese] += 1 if true else -1
        said = definition.term if true else options[1]
        prompt = _prompt_template("truth", said).format(body=definition.body.rstrip("."), term=said)
        yield _make_item(
            ItemKind.TRUE_FALSE, prompt, ("true" if true else "false",), definition.sentence, (), definition.term
        )


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
        gapped = f"{sentence.text[: at.start()]}{BLANK}{sentence.text[at.end() :]}"
        prompt = _prompt_template("number", gapped).format(body=gapped)
        yield _make_item(ItemKind.NUMBER, prompt, (at.group(),), sentence, (), "")


def _ordering_items(passages: Sequence[Passage], rng: random.Random) -> Iterator[Item]:
    """The numbered steps of one passage, shuffled."""
    for passage in passages:
        steps = [_first_sentence(" ".join(step.split())) for step in _NUMBERED_STEPS.findall(passage.text)]
        if 3 <= len(steps) <= 6 and len(set(steps)) == len(steps) and _is_procedure(passage, steps):
            shuffled = list(steps)
            while shuffled == steps:
                rng.shuffle(shuffled)
            quote = Sentence(passage.id, passage.text)
            chinese = bool(CJK.search(passage.text))
            about = _HEADING_NUMBER.sub("", passage.heading[-1]) if passage.heading else ""
            prompt = _prompt_template("order", passage.text)
            ended = (f"（{about}）。" if about else "。") if chinese else (f" ({about})." if about else ".")
            yield _make_item(ItemKind.ORDERING, prompt + ended, tuple(steps), quote, tuple(shuffled), "")


def _first_sentence(step: str) -> str:
    """A step's first sentence where it is long: a list of steps begins each with its name."""
    first = re.split(r"(?<=[\w)])[.。]\s", step)[0]
    return (first if len(first) >= 4 else step).rstrip(".;。；")


def _short_text_items(defined: Sequence[Definition]) -> Iterator[Item]:
    """What is this? In her own words; the reference is the sentence of the course. English, as its grader is."""
    for definition in defined:
        if not CJK.search(definition.term):
            prompt = f"In your own words: what does “{definition.term}” mean?"
            yield _make_item(
                ItemKind.SHORT_TEXT, prompt, (definition.sentence.text,), definition.sentence, (), definition.term
            )


def _prompt_template(key: str, text: str) -> str:
    return (_PROMPTS_ZH if CJK.search(text) else _PROMPTS_EN)[key]


def _is_procedure(passage: Passage, steps: Sequence[str]) -> bool:
    """Steps, not a list of exercises or of formulas."""
    if EXERCISE_HEADING.search(" ".join(passage.heading)):
        return False
    return not any(re.search(r"[?？$\\=]", step) or len(step) > 120 for step in steps)


def _with_distractors(
    term: str, sentence: Sentence, defined: Sequence[Definition], documents: Mapping[str, str]
) -> tuple[str, ...]:
    """The term and three others that its sentence does not hold, the nearest first; empty when there are too few.

    Terms of its own document come first: where there is none, a term of another subject would give the key away.
    """
    chinese, own = bool(CJK.search(term)), documents.get(sentence.passage_id)
    others = [
        (documents.get(d.sentence.passage_id) != own, d.term)
        for d in defined
        if bool(CJK.search(d.term)) is chinese
        and not is_same_term(d.term, term)
        and not contains_term(sentence.text, d.term)
    ]
    others.sort(key=lambda o: (o[0], _form_distance(term, o[1]), hashlib.sha256((term + o[1]).encode()).hexdigest()))
    if not others or others[0][0]:
        return ()
    chosen: list[str] = []
    for _elsewhere, other in others:
        if len(chosen) < OPTION_COUNT - 1 and not any(is_same_term(other, one) for one in chosen):
            chosen.append(other)
    if len(chosen) < OPTION_COUNT - 1:
        return ()
    return (term, *(_match_case(term, other) for other in chosen))


def _form_distance(term: str, other: str) -> int:
    """How far two terms differ in form: words, plural and ending, so that form gives nothing away."""
    plural = term.endswith("s") != other.endswith("s")
    return 2 * abs(len(term.split()) - len(other.split())) + 2 * plural + (term[-3:] != other[-3:])


def _match_case(term: str, other: str) -> str:
    if other.isupper():
        return other
    return other[0].upper() + other[1:] if term[0].isupper() else other[0].lower() + other[1:]


def _make_item(
    kind: ItemKind, prompt: str, keys: tuple[str, ...], sentence: Sentence, options: tuple[str, ...], skill: str
) -> Item:
    digest = hashlib.sha256("\x1f".join((kind.value, prompt, *keys, sentence.passage_id)).encode()).hexdigest()[:16]
    source = ItemSource(sentence.passage_id, sentence.text)
    return Item(digest, kind, prompt, keys, options, source=source, skill=skill, difficulty=_DIFFICULTY[kind])


_PROMPTS_EN = {
    "term": "Which term fits this description: {body}?",
    "gap": "Fill the gap: {body}",
    "truth": 'True or false: "{body}" describes the term "{term}".',
    "number": "Which number fits: {body}",
    "order": "Put these steps in order",
}
_PROMPTS_ZH = {
    "term": "哪个术语符合这个描述：{body}？",
    "gap": "填空：{body}",
    "truth": "判断对错：“{body}”描述的是“{term}”。",
    "number": "填数：{body}",
    "order": "请把这些步骤按顺序排列",
}
_DIFFICULTY = {
    ItemKind.SHORT_TEXT: 0.8,
    ItemKind.TRUE_FALSE: 0.3,
    ItemKind.CHOICE: 0.4,
    ItemKind.ORDERING: 0.6,
    ItemKind.CLOZE: 0.6,
    ItemKind.NUMBER: 0.7,
}
