"""Subtitles keep what is said, tables keep their columns, and legacy encodings are recognised and named."""

from __future__ import annotations

import json

import pytest
from sample_documents import read_text

from knowledge.parsing.decoding import decode, decode_text
from knowledge.parsing.sandbox import parse


def subtitles(*cues: tuple[str, str, str]) -> bytes:
    parts = (f"{n}\n00:00:{a},000 --> 00:00:{b},000\n{text}\n" for n, (a, b, text) in enumerate(cues, 1))
    return "\n".join(parts).encode()


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("If a < b and c > d, swap.", "If a < b and c > d, swap."),
        ("Use vector<int> or Map<K, V>.", "Use vector<int> or Map<K, V>."),
        ("Write p<b>q.", "Write p<b>q."),
        ("<i>Roots</i> drink <b>water</b>.", "Roots drink water."),
        ("<i>Roots drink water.", "Roots drink water."),
        ('{\\an8}<font color="red">Stop.</font>', "Stop."),
        ("First line.\n\nAfter an empty line.", "First line. After an empty line."),
        ("\nAfter an empty first line.", "After an empty first line."),
    ],
)
def test_a_subtitle_keeps_what_is_said(said, read):
    assert read_text("talk.srt", subtitles(("01", "04", said), ("05", "06", "End."))) == f"{read}\nEnd."


def test_words_that_are_said_twice_are_read_twice():
    assert read_text("talk.srt", subtitles(("01", "02", "Yes."), ("04", "05", "Yes."))) == "Yes.\nYes."


def test_a_comment_in_webvtt_is_not_a_cue():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nLight.\n\nNOTE\nto be checked\n\n00:03.000 --> 00:04.000\nWater.\n"
    assert read_text("talk.vtt", text.encode()) == "Light.\nWater."


def test_a_table_may_state_its_separator():
    assert read_text("grain.csv", b"sep=;\r\nName;Price\r\nOats;1,25\r\n") == "Name: Oats; Price: 1,25"


def test_a_table_with_the_line_ends_of_an_old_mac_is_read():
    assert read_text("grain.csv", b"Name,Price\rOats,2\r") == "Name: Oats; Price: 2"


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Western European", "Fruit;Goût\nPêche;sucré\nCitron;acidulé, très frais\n"),
        ("cp1252", "Western European", "At 37 °C ± 1 the 5 µm cell grows.\n"),
        ("cp1250", "Central European", "Owoc;Smak\nŚliwka;słodka\nJabłko;kwaśne i żółte\n"),
        ("cp1251", "Cyrillic", "Плод;Вкус\nСлива;сладкая\nЛимон;кислый\n"),
        ("gb18030", "simplified Chinese", "水果,味道\n苹果,很甜\n柠檬,很酸\n"),
        ("big5", "traditional Chinese", "水果,味道\n蘋果,很甜\n檸檬,很酸\n"),
        ("shift_jis", "Japanese", "くだもの,あじ\nりんご,あまい\nレモン,すっぱい\n"),
    ],
)
def test_a_legacy_encoding_is_recognised_and_named(encoding, name, text):
    parsed = parse("fruit.txt", text.encode(encoding))
    assert decode(text.encode(encoding)) == text
    assert name in parsed.notes[0]


def test_nothing_is_guessed_where_the_bytes_or_the_text_say_what_they_are():
    for data in ("Gemüse".encode(), "Gemüse".encode("utf-16"), '<meta charset="cp1252">Gemüse'.encode("cp1252")):
        decoded = decode_text(data)
        assert decoded is not None
        assert decoded.guessed == ""


def test_the_colours_of_a_notebooks_output_are_left_out():
    cell = {"cell_type": "code", "source": "f()", "outputs": [{"text": ["\x1b[31mred\x1b[0m apple\n"]}]}
    notebook = json.dumps({"cells": [cell], "nbformat": 4}).encode()
    assert read_text("run.ipynb", notebook) == "```\nf()\n```\n```\nred apple\n```"
