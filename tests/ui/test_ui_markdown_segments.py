"""Markdown is cut as the browser cuts it, in linear time; where the browser may cut otherwise, that is known."""

from __future__ import annotations

import inspect
import time
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui import adapter_panel, student_page
from tutor.ui.markdown_segments import SegmentKind, reads_alike, split_markdown
from tutor.ui.sanitizer import WORD_JOINER, sanitize_markdown

MARKS = st.lists(st.sampled_from(["`", "``", "```", "\n", "~~~", "$", "$$", "\\(", "\\)", "\\[", "\\]", "a", " ", "|"]))
DIV = "<div>"


def kinds(text: str) -> list[SegmentKind]:
    return [segment.kind for segment in split_markdown(text)]


@given(MARKS.map("".join))
def test_nothing_of_the_text_is_lost_or_doubled(text: str):
    segments = list(split_markdown(text))
    if not any(s.kind is SegmentKind.FENCE or s.is_dollar for s in segments):  # these get other marks
        assert "".join(segment.text for segment in segments) == text


@pytest.mark.parametrize("module", [student_page, adapter_panel])
def test_every_component_of_cleaned_text_is_told_to_look_for_the_same_formulas(module: ModuleType):
    source = inspect.getsource(module)
    assert source.count("sanitize_html=True") == source.count("latex_delimiters=LATEX_DELIMITERS") > 0


def test_code_and_formulas_are_found():
    text = "a `b` $c$ \\(d\\) $$e$$\n```py\nf\n```\ng"
    plain, span, formula, fence = SegmentKind.PLAIN, SegmentKind.SPAN, SegmentKind.FORMULA, SegmentKind.FENCE
    assert kinds(text) == [plain, span, plain, formula, plain, formula, plain, formula, plain, fence, plain]


@pytest.mark.parametrize(
    "text", [f"`{DIV}` and `{DIV}`", f"a | `{DIV}` | b", f"*a* `{DIV}` ~~c~~", f"```html\n{DIV}\n```"]
)
def test_code_that_every_parser_finds_is_left_as_it_is(text: str):
    assert reads_alike(list(split_markdown(text))) and sanitize_markdown(text) == text


@pytest.mark.parametrize(
    "text",
    [
        f"`a | {DIV}` |\n---|---|",
        f"~~a `b~~ {DIV}`",
        f"~`b` `{DIV}`",
        f"`a ` b ` `{DIV}`",
        f"``{DIV}``",
        f"`a\n{DIV}`",
        f"`a $$ b` `{DIV}` $$",
        f"$$ a\n```\n$$ {DIV}\n```",
        f"```\n  ~~~\n{DIV}\n```",
        f"[a `](b) {DIV}`",
        f"a < b *c `d* {DIV}`",
        f"`{DIV} %%%LATEX_BLOCK_7%%%`",
    ],
)
def test_tags_are_broken_up_in_code_that_the_browser_may_not_find(text: str):
    assert not reads_alike(list(split_markdown(text)))
    assert "<div" not in sanitize_markdown(text) and f"<{WORD_JOINER}div>" in sanitize_markdown(text)


HARD = [
    "`",
    "``a",
    "\\[",
    "\\(",
    "$$ ",
    "$",
    "~",
    "```",
    "\n~~~",
    "<a",
    "[",
    "](",
    "*a_",
    "@",
    "\n`\t ",
    "&a",
    "> ",
    "- ",
]


def seconds(text: str) -> float:
    begin = time.thread_time()
    sanitize_markdown(text)
    return time.thread_time() - begin


@pytest.mark.parametrize("piece", HARD)
def test_the_time_grows_with_the_length_and_no_faster(piece: str):
    short, long = (piece * (length // len(piece)) for length in (10_000, 40_000))
    fast = min(seconds(short) for _ in range(3))
    assert min(seconds(long) for _ in range(3)) < 10 * max(fast, 0.002)


@pytest.mark.parametrize("piece", HARD)
def test_a_text_as_long_as_the_longest_message_is_cleaned_in_a_fifth_of_a_second(piece: str):
    assert min(seconds((piece * 8_000)[:8_000]) for _ in range(3)) < 0.2
