"""User text never becomes a role marker: the prompt has exactly one for each message."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import make_tokenizer

from tutor.engine.base import Message
from tutor.engine.chat_template import ChatTemplate, escape_special_tokens
from tutor.engine.model_files import resolve_model_files

TOKENIZER = make_tokenizer()
CHAT = ChatTemplate(TOKENIZER)
MARKERS = CHAT.special_tokens
hostile = st.lists(
    st.one_of(st.sampled_from([*MARKERS, "<|", "|>", "im_", "<", "|im_start|>", "<|im_end|"]), st.text(max_size=5)),
    max_size=12,
).map("".join)


@given(hostile)
def test_no_role_marker_survives_any_concatenation(text: str):
    safe = escape_special_tokens(text, MARKERS)
    assert not any(marker in safe for marker in MARKERS)


@given(st.text("ab<|>_ ", max_size=30))
def test_text_without_markers_is_not_changed(text: str):
    assert escape_special_tokens(text, MARKERS) == text


@given(st.text(max_size=30), st.sampled_from(MARKERS))
def test_escaped_text_stays_readable(text: str, marker: str):
    assert escape_special_tokens(text + marker, MARKERS).replace(" ", "") == (text + marker).replace(" ", "")


@given(st.lists(hostile, min_size=1, max_size=4))
def test_there_is_one_role_marker_for_each_message_and_one_for_the_answer(contents: list[str]):
    messages = tuple(Message("user", f"w1 {content}") for content in contents)
    tokens = CHAT.encode(messages)
    assert tokens.count(TOKENIZER.bos_token_id) == len(messages) + 1
    assert tokens.count(TOKENIZER.eos_token_id) == len(messages)


@pytest.mark.real
@settings(max_examples=30)
@given(data=st.data())
def test_every_special_token_of_the_bundled_model_is_escaped(bundled_chat: Any, data: st.DataObject):
    chat, tokenizer = bundled_chat
    pieces = st.one_of(st.sampled_from(chat.special_tokens), st.text(max_size=5))
    content = "x" + "".join(data.draw(st.lists(pieces, max_size=8)))
    tokens = chat.encode((Message("system", content), Message("user", content)))
    assert tokens.count(tokenizer.convert_tokens_to_ids("<|im_start|>")) == 3
    assert tokens.count(tokenizer.convert_tokens_to_ids("<|im_end|>")) == 2
    assert len(set(tokens) & set(tokenizer.all_special_ids)) == 2
    assert not set(tokens) & set(range(3, 17))  # <filename>, <gh_stars> ... are single tokens too


@pytest.fixture(scope="session")
def bundled_chat(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    files = resolve_model_files("bundled", tmp_path_factory.mktemp("var"))
    tokenizer = AutoTokenizer.from_pretrained(files.directory)
    return ChatTemplate(tokenizer), tokenizer


def test_two_threads_never_use_the_tokenizer_at_once(monkeypatch: pytest.MonkeyPatch):
    tokenizer = make_tokenizer()
    set_options, in_use, overlaps = tokenizer.set_truncation_and_padding, threading.Event(), []

    def set_and_pause(*arguments: Any, **options: Any) -> None:
        overlaps.append(in_use.is_set())
        in_use.set()
        set_options(*arguments, **options)
        time.sleep(0.02)
        in_use.clear()

    monkeypatch.setattr(tokenizer, "set_truncation_and_padding", set_and_pause)
    chat = ChatTemplate(tokenizer)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda word: chat.encode([Message("user", word)]), ["w1", "w2 w3", "w4", "w5 w6 w7"]))
    assert overlaps == [False] * 4
