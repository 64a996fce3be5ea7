"""Streamed pieces add up to the decoded answer, cut before the first stop string; no half characters are shown."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.detokenizer import TextFlow, is_loop


def decode(tokens: Sequence[int]) -> str:
    """A byte-level tokenizer: one token a byte."""
    return bytes(tokens).decode("utf-8", errors="replace")


def run(text: str, stop: Sequence[str] = ()) -> tuple[list[str], bool]:
    flow = TextFlow(decode, stop)
    pieces = []
    for byte in text.encode():
        pieces.append(flow.push(byte))
        if flow.stopped:
            break
    return [*pieces, flow.finish()], flow.stopped


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=40))
def test_the_pieces_add_up_to_the_answer(text: str):
    pieces, _ = run(text)
    assert "".join(pieces) == text


@given(st.text(min_size=1, max_size=30))
def test_no_piece_holds_half_a_character(text: str):
    pieces, _ = run(text.replace("\ufffd", ""))
    assert all("\ufffd" not in piece for piece in pieces)


@given(st.text("ab", max_size=40), st.lists(st.text("ab", min_size=1, max_size=4), max_size=3))
def test_the_answer_ends_before_the_first_stop_string_and_nothing_of_it_is_shown(text: str, stop: list[str]):
    pieces, stopped = run(text, stop)
    shown = "".join(pieces)
    ends = [at for at in (text.find(word) for word in stop) if at >= 0]
    assert stopped == bool(ends)
    assert text.startswith(shown)
    if stopped:
        assert not any(word in shown for word in stop)
    else:
        assert shown == text


def test_an_answer_that_breaks_off_inside_a_character_ends_before_it():
    flow = TextFlow(decode)
    shown = "".join(flow.push(byte) for byte in "5 €".encode()[:-1])
    assert shown + flow.finish() == "5 "


@given(st.lists(st.integers(0, 50), max_size=30), st.lists(st.integers(0, 50), min_size=8, max_size=30))
def test_a_phrase_said_twice_in_a_row_is_a_loop(before: list[int], phrase: list[int]):
    assert is_loop([*before, *phrase, *phrase])


@given(st.permutations(range(60)))
def test_an_answer_that_never_repeats_a_token_is_no_loop(tokens: list[int]):
    assert not is_loop(tokens)


def test_a_short_word_may_be_said_a_few_times():
    assert not is_loop([1, 2, 3] * 4)
    assert is_loop([1, 2, 3] * 8)
