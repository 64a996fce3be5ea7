"""Streamed pieces add up to the decoded answer, cut before the first stop string, without incomplete characters."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.detokenizer import IncrementalDetokenizer, is_repetitive


def decode(tokens: Sequence[int]) -> str:
    """A byte-level tokenizer: one token a byte."""
    return bytes(tokens).decode("utf-8", errors="replace")


def run(text: str, stop: Sequence[str] = ()) -> tuple[list[str], bool]:
    detokenizer = IncrementalDetokenizer(decode, stop)
    pieces = []
    for byte in text.encode():
        pieces.append(detokenizer.push(byte))
        if detokenizer.stopped:
            break
    return [*pieces, detokenizer.finish()], detokenizer.stopped


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=40))
def test_streamed_pieces_concatenate_to_the_answer(text: str):
    pieces, _ = run(text)
    assert "".join(pieces) == text


@given(st.text(min_size=1, max_size=30))
def test_no_piece_splits_a_character(text: str):
    pieces, _ = run(text.replace("\ufffd", ""))
    assert all("\ufffd" not in piece for piece in pieces)


@given(st.text("ab", max_size=40), st.lists(st.text("ab", min_size=1, max_size=4), max_size=3))
def test_the_stop_string_is_never_streamed(text: str, stop: list[str]):
    pieces, stopped = run(text, stop)
    shown = "".join(pieces)
    ends = [at for at in (text.find(word) for word in stop) if at >= 0]
    assert stopped == bool(ends)
    assert text.startswith(shown)
    if stopped:
        assert not any(word in shown for word in stop)
    else:
        assert shown == text


def test_an_incomplete_final_character_is_dropped():
    detokenizer = IncrementalDetokenizer(decode)
    shown = "".join(detokenizer.push(byte) for byte in "5 €".encode()[:-1])
    assert shown + detokenizer.finish() == "5 "


@given(st.lists(st.integers(0, 50), max_size=30), st.lists(st.integers(0, 50), min_size=8, max_size=30))
def test_a_repeated_phrase_is_detected(before: list[int], phrase: list[int]):
    assert is_repetitive([*before, *phrase, *phrase])


@given(st.permutations(range(60)))
def test_an_answer_without_repeated_tokens_is_not_repetitive(tokens: list[int]):
    assert not is_repetitive(tokens)


def test_a_short_word_may_repeat_a_few_times():
    assert not is_repetitive([1, 2, 3] * 4)
    assert is_repetitive([1, 2, 3] * 8)
