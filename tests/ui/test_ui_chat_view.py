"""What the pages show of stored values."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tutor.domain import (
    AdapterState,
    AdapterVersion,
    Citation,
    Feedback,
    Guidance,
    Job,
    JobState,
    Stage,
    Thumb,
    Timings,
    Turn,
    TurnStatus,
)
from tutor.engine.base import EngineInfo, EngineState
from tutor.ui import adapter_view, chat_view, citation_html
from tutor.ui.words import CHINESE, ENGLISH, preferred, say

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CITATION = Citation(
    number=1,
    passage_id="p 1",
    document_id="d1",
    document="Plants & *leaves*",
    locator="page 3",
    place="page",
    position=3,
    quote="Leaves are green",
    score=0.9,
)
TURN = Turn(
    id="t1",
    conversation_id="c1",
    learner_id="l1",
    course_id="biology",
    question="Why <b>green</b>?",
    answer="Because of chlorophyll. [1] See also [2].",
    status=TurnStatus.COMPLETE,
    covered=True,
    confidence=0.9,
    citations=(CITATION,),
    passages=("p 1",),
    prompt_sha256="0" * 64,
    model="smollm2",
    quantization="nf4",
    adapter="quiet-heron-v3",
    timings=Timings(0.4, 2.04, 30),
    replaces=None,
    created_at=NOW,
)


def test_a_mark_with_a_citation_becomes_a_link_and_one_without_stays_text():
    shown = chat_view.answered(TURN, "en")["content"]
    assert "[[1]](/passage/p%201?in=c1&turn=t1&n=1)" in shown
    assert "See also [2]." in shown


def test_an_answer_says_where_it_comes_from_and_who_gave_it():
    shown = chat_view.answered(TURN, "en")["content"].replace("\u2060", "")
    assert "Plants & *leaves* · page 3" in shown
    assert "smollm2 (NF4) · with your tutor quiet-heron-v3 · 2.0 s" in shown


def shown_plainly(turn: Turn) -> str:
    content: str = chat_view.answered(turn, "en")["content"]
    return content.replace("\u2060", "")


def test_an_answer_of_a_few_words_stands_beside_the_sentence_it_comes_from():
    quote = "*Leaves* are green,\nbecause of chlorophyll."
    few = replace(TURN, answer="Chlorophyll. [1]", citations=(replace(CITATION, quote=quote),))
    assert "“*Leaves* are green, because of chlorophyll.”" in shown_plainly(few)
    said_at_length = " ".join(f"word{n}" for n in range(20))
    assert "“" not in shown_plainly(replace(few, answer=f"{said_at_length} [1]"))


def test_a_hint_is_never_shown_with_the_sentence_that_answers():
    hint = replace(TURN, answer="Look at section 3. [1]", guidance=Guidance("hint", "by rule"))
    assert "“" not in shown_plainly(hint)


def test_a_message_carries_its_turn_and_two_messages_make_a_turn():
    asked, answered = chat_view.messages([TURN], "en")
    assert asked["metadata"]["id"] == answered["metadata"]["id"] == "t1"
    assert asked["content"].replace("\u2060", "") == TURN.question
    other = replace(TURN, id="t2")
    assert [chat_view.turn_at([TURN, other], i) for i in range(4)] == [TURN, TURN, other, other]
    assert chat_view.turn_at([TURN], 2) is None and chat_view.turn_at([TURN], None) is None


@pytest.mark.parametrize(("confidence", "sure"), [(0.02, "nothing in it comes close"), (0.4, "not certain")])
def test_what_is_not_in_the_course_says_so_before_anything_else_and_how_sure_it_is(confidence: float, sure: str):
    shown = chat_view.answered(replace(TURN, covered=False, confidence=confidence, citations=(), model=None), "en")[
        "content"
    ]
    assert shown.startswith(f'<span class="tutor-badge tutor-not_covered">Not in your course material · {sure}')
    assert "/passage/" not in shown


@pytest.mark.parametrize(("confidence", "sure"), [(0.97, "very likely"), (0.7, "probably"), (0.3, "may not answer")])
def test_an_answer_says_in_words_how_sure_it_is_that_the_course_covers_it(confidence: float, sure: str):
    assert sure in chat_view.answered(replace(TURN, confidence=confidence), "en")["content"]


@pytest.mark.parametrize(("move", "said"), [("hint", False), ("summarise", False), ("answer", True), ("define", True)])
def test_only_an_answer_says_that_the_course_answers_the_question(move: str, said: bool):
    turn = replace(TURN, confidence=0.97, guidance=Guidance(move, "by rule"))
    assert ("very likely" in chat_view.answered(turn, "en")["content"]) is said


def test_the_tutors_own_words_are_marked_quietly_and_the_mark_is_explained():
    shown = chat_view.answered(replace(TURN, answer="Chlorophyll. [1] I like plants. [°]"), "en")["content"]
    assert 'I like plants. <span class="tutor-own">°</span>' in shown
    assert "the tutor's own words; no passage of the course says this" in shown
    assert "own words" not in chat_view.answered(TURN, "en")["content"]


@pytest.mark.parametrize("status", [TurnStatus.STOPPED, TurnStatus.INTERRUPTED, TurnStatus.FAILED])
def test_an_answer_that_broke_off_says_how(status: TurnStatus):
    assert say("en", status.value) in chat_view.answered(replace(TURN, status=status), "en")["content"]


def test_while_nothing_is_said_yet_the_stage_is_shown_in_her_language():
    assert "Looking through" in chat_view.streaming("", Stage("searching"), "en")["content"]
    assert "查找" in chat_view.streaming(" ", Stage("searching"), "zh")["content"]
    assert chat_view.streaming("So far", Stage("thinking"), "en")["content"] == "So far"


def test_an_edited_question_loses_the_joiners_that_it_was_shown_with():
    assert chat_view.typed(chat_view.asked(TURN.question)["content"]) == TURN.question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_tap_and_its_restored_vote_are_the_same_thing(language: str):
    for option in chat_view.vote_options(language):
        thumb, reason = chat_view.rating_from(option, language)
        rating = Feedback("t1", "l1", thumb, reason, NOW)
        assert chat_view.votes([TURN], {"t1": rating}, language) == [option]
    assert chat_view.rating_from(True, language) == (Thumb.UP, None)
    assert chat_view.votes([TURN], {}, language) == [None]


def test_names_from_people_and_documents_are_words_and_no_markup():
    shown = chat_view.inline("**x** [y](http://z) <i>\n# h")
    assert shown.replace("\u2060", "") == "**x** [y](http://z) <i> # h"
    assert "](" not in shown and "**" not in shown


def test_progress_is_a_bar_with_its_stage_and_an_end_is_a_sentence():
    job = Job("j", "ingest", "l1", "biology", "book.pdf", JobState.RUNNING, "embedding", 3, 4, "", NOW, NOW)
    assert "75%" in chat_view.job_line(job, "en") and "computing embeddings" in chat_view.job_line(job, "en")
    failed = replace(job, state=JobState.FAILED, message="book.pdf is locked.")
    assert chat_view.job_line(failed, "en").replace("\u2060", "") == "**book.pdf** failed. book.pdf is locked."
    assert chat_view.bar(0) == "▱" * 16 and chat_view.bar(1) == "▰" * 16


def test_the_model_line_tells_warming_ready_and_failed_apart():
    info = EngineInfo("SmolLM2-135M", "nf4", EngineState.READY, "x", 2048, "the hub cannot be reached", "cpu")
    assert chat_view.model_line(info, "en") == "SmolLM2-135M (NF4) · cpu · the hub cannot be reached"
    assert "warming up" in chat_view.model_line(replace(info, state=EngineState.LOADING), "en")
    assert "could not be loaded" in chat_view.model_line(replace(info, state=EngineState.FAILED), "en")


def test_questions_to_begin_with_speak_her_language_where_the_course_does():
    topics = ["The light reactions", "光合作用", "The light reactions"]
    assert [start["text"] for start in chat_view.starters(topics, "en")] == ["Tell me about The light reactions"]
    assert [start["text"] for start in chat_view.starters(topics, "zh")] == ["光合作用是什么？"]
    assert chat_view.starters(["Algebra"], "zh")[0]["text"] == "Algebra是什么？"


def test_the_version_in_use_is_named_as_such():
    version = AdapterVersion("a", "quiet-heron-v1", "l1", "biology", 1, AdapterState.ACTIVE, "b", "s", "d", {}, NOW)
    ((line, identity),) = adapter_view.version_choices([adapter_view.Known(version, (), 0, may_answer=True)], "en")
    assert line == "Version 1 · 0 better answers · 2026-11-23 09:30 · in use" and identity == "a"
    assert "trained from 3" in adapter_view.tutor_line(version, {"a": 3}, "en")
    assert "the course's version" in adapter_view.tutor_line(replace(version, learner_id=None), {}, "en")
    assert "base tutor" in adapter_view.tutor_line(None, {}, "en")


def test_a_quote_is_marked_where_it_stands_and_everything_is_escaped():
    shown, found = citation_html.marked_text("x <script> y & z", "y & z")
    assert (shown, found) == ("x &lt;script&gt; <mark>y &amp; z</mark>", True)
    assert citation_html.marked_text("abc", "nothing") == ("abc", False)
    assert citation_html.marked_text("abc", "") == ("abc", False)


def test_both_languages_say_the_same_things_with_the_same_blanks():
    assert ENGLISH.keys() == CHINESE.keys()
    for key, words in ENGLISH.items():
        assert _blanks(words) == _blanks(CHINESE[key]), key


def test_what_is_counted_is_said_in_the_singular_when_it_is_one():
    one = say("en", "intake_came", taken=1, known=0, refused=2)
    assert one == "1 answer taken in, 0 known already, 2 refused."
    assert say("en", "report_class", learners="<5", day="today") == "<5 learners · today"
    assert say("zh", "intake_came", taken=1, known=0, refused=2) == "导入 1 次作答，0 次已有，2 次被拒绝。"


def _blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("de-DE,de;q=0.9,en;q=0.5", "en"), ("fr", "en"), ("", "en"), ("zh", "zh")],
)
def test_a_browsers_first_language_that_we_speak_is_taken(header: str, language: str):
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"参数$\mathbf{w}$和$b$之前", "参数w和b之前"),
        (r"$|\mathcal{B}|$ is the size", "|B| is the size"),
        (r"a rate $\eta > 0$ of", "a rate eta > 0 of"),
        ("It costs $5 or $6 a day", "It costs $5 or $6 a day"),
    ],
)
def test_a_line_that_cannot_draw_formulas_shows_their_letters_and_leaves_money_alone(text, shown):
    assert chat_view.plain(text) == shown
