"""The product's tracer: bounded, unmoved by names and by others, sure only with evidence; it picks what to ask."""

from __future__ import annotations

import json
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import ModelUnusable
from tutor.learner.answer_history import History, advance
from tutor.learner.knowledge_tracing import (
    DOUBT,
    NAMES,
    WEIGHTS,
    Rates,
    chance,
    leaning,
    rates,
    read_weights,
    shipped,
    signals,
)
from tutor.learner.logit import squash
from tutor.learner.recommender import BAND, Item, choose_item

walks = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=25)
shares = st.floats(0.02, 0.98)


def walked(walk) -> History:
    history = History()
    for item, skill, right in walk:
        history = advance(history, item, skill, 0.6, right=right)
    return history


def runs(right: bool, times: int = 5) -> History:
    return walked([("a", "x", right)] * times)


@given(walks, shares, shares, st.integers(0, 500), shares)
def test_a_chance_lies_within_its_range_and_the_range_within_possibility(walk, expected, usual, tries, kept):
    found = chance(walked(walk), "x", Rates(expected, usual, tries), kept)
    assert 0 < found.low < found.right < found.high < 1


@given(walks)
def test_names_play_no_part(walk):
    renamed = [(item.upper(), {"x": "y2", "y": "x2"}[skill], right) for item, skill, right in walk]
    assert chance(walked(walk), "x", Rates()) == chance(walked(renamed), "y2", Rates())


def test_success_speaks_for_success_and_failure_against_it():
    good, bad = (chance(runs(right), "x", Rates()).right for right in (True, False))
    assert good > chance(History(), "x", Rates()).right > bad and good > bad + 0.25


def test_a_hard_item_is_less_likely_than_an_easy_one():
    hard, easy = rates((30, 6), (200, 120)), rates((30, 28), (200, 120))
    assert chance(History(), "x", hard).right < 0.45 < 0.75 < chance(History(), "x", easy).right


def test_few_answers_are_drawn_to_what_is_usual_and_an_authors_guess_counts_until_then():
    assert rates((1, 1), (400, 240)).expected == pytest.approx(0.64, abs=0.01)
    assert leaning(Rates(0.6, 0.6, 0), 0.9).expected < 0.5 < leaning(Rates(0.6, 0.6, 0), 0.1).expected
    assert leaning(Rates(0.6, 0.6, 500), 0.9).expected == pytest.approx(0.6, abs=0.01)


def test_the_range_narrows_with_her_answers_and_with_those_to_the_item():
    def width(history: History, tries: int) -> float:
        found = chance(history, "x", Rates(0.5, 0.5, tries))
        return found.high - found.low

    mixed = walked([("a", "x", n % 2 == 0) for n in range(20)])
    assert width(mixed, 50) < width(mixed, 0) < width(History(), 0)


def test_what_has_faded_counts_as_never_practised_and_no_failure_fades_into_success():
    good, bad = runs(True), runs(False)
    fresh, faded = (chance(good, "x", Rates(), kept).right for kept in (1.0, 0.2))
    assert fresh > faded > 0.5
    assert chance(bad, "x", Rates(), 0.2).right <= chance(bad, "x", Rates()).right + 1e-9


def test_no_long_history_leads_out_of_sight():
    row = signals(runs(True, 3_000), "x", Rates())
    assert len(row) == len(NAMES) and max(map(abs, row)) < 8


def test_what_a_placement_inferred_stands_in_for_answers():
    assert (
        chance(History(), "x", Rates(), placed=0.98).right
        > 0.8
        > 0.4
        > chance(History(), "x", Rates(), placed=0.1).right
    )


def test_the_shipped_weights_hold_their_card_and_nothing_of_the_logs():
    plain = json.loads(WEIGHTS.read_text("utf-8"))
    assert (
        read_weights(plain) == shipped() and len(shipped().weights) == len(NAMES) and len(shipped().doubt) == len(DOUBT)
    )
    assert plain["card"]["fitted_on"] and plain["card"]["range_covers_true_chance"] >= 0.9
    assert WEIGHTS.stat().st_size < 4_000
    with pytest.raises(ModelUnusable, match="other signals"):
        read_weights(plain | {"signals": plain["signals"][::-1]})


def test_a_chance_takes_less_than_a_millisecond_after_ten_thousand_answers():
    history = walked([(f"i{n % 500}", f"s{n % 40}", n % 3 > 0) for n in range(10_000)])
    started = time.process_time()
    for n in range(300):
        chance(history, f"s{n % 40}", Rates(0.6, 0.7, n), 0.8)
    assert (time.process_time() - started) / 300 < 0.001


@pytest.mark.parametrize("strength", [-0.6, 0.5, 1.6])  # a weak, a middling and a strong learner
def test_items_chosen_by_the_tracer_hold_success_within_the_band(strength):
    """Forty items from easy to hard, tried by others before; after a start of 15 answers she is right in 60 to 85 %."""
    rng = random.Random(7)
    hard = {f"i{n}": (n - 20) / 8 for n in range(40)}
    others = {
        item: (40, sum(rng.random() < squash(rng.gauss(0.5, 1) - level) for _ in range(40)))
        for item, level in hard.items()
    }
    total = (sum(a for a, _ in others.values()), sum(r for _, r in others.values()))
    history, rights, latest = History(), [], []
    for _ in range(135):
        found = {item: rates(count, total) for item, count in others.items()}
        items = [Item(i, "x", chance(history, "x", f).right, f.tries, i in latest[-8:]) for i, f in found.items()]
        item = choose_item(items)
        assert item is not None
        right = rng.random() < squash(strength - hard[item])
        history = advance(history, item, "x", found[item].expected, right=right)
        rights.append(right)
        latest.append(item)
    assert BAND[0] <= sum(rights[15:]) / len(rights[15:]) <= BAND[1]
