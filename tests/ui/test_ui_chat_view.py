"""What the chat shows of stored values."""

from __future__ import annotations

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
from tutor.engine.load_progress import Fallback, LoadProgress, LoadStage
from tutor.errors import ModelUnusable
from tutor.locales import t
from tutor.ui import adapter_view, chat_view, citation_html, job_progress, text_format

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


def test_citation_marks_become_links():
    shown = chat_view.to_answer_message(TURN, "en")["content"]
    assert "[[1]](/passage/p%201?in=c1&turn=t1&n=1)" in shown
    assert "See also [2]." in shown


def test_an_answer_shows_its_sources_and_origin():
    shown = chat_view.to_answer_message(TURN, "en")["content"].replace("\u2060", "")
    assert "Plants & *leaves* · page 3" in shown
    assert "smollm2 (NF4) · with your tutor quiet-heron-v3 · 2.0 s" in shown


def visible_text_of(turn: Turn) -> str:
    content: str = chat_view.to_answer_message(turn, "en")["content"]
    return content.replace("\u2060", "")


def test_a_short_answer_is_shown_with_its_source_sentence():
    quote = "*Leaves* are green,\nbecause of chlorophyll."
    few = replace(TURN, answer="Chlorophyll. [1]", citations=(replace(CITATION, quote=quote),))
    assert "“*Leaves* are green, because of chlorophyll.”" in visible_text_of(few)
    said_at_length = " ".join(f"word{n}" for n in range(20))
    assert "“" not in visible_text_of(replace(few, answer=f"{said_at_length} [1]"))


def test_a_hint_is_never_shown_with_the_sentence_that_answers():
    hint = replace(TURN, answer="Look at section 3. [1]", guidance=Guidance("hint", "by rule"))
    assert "“" not in visible_text_of(hint)


def test_a_message_carries_its_turn_and_two_messages_make_a_turn():
    asked, answered = chat_view.to_chat_messages([TURN], "en")
    assert asked["metadata"]["id"] == answered["metadata"]["id"] == "t1"
    assert asked["content"].replace("\u2060", "") == TURN.question
    other = replace(TURN, id="t2")
    assert [chat_view.turn_at([TURN, other], i) for i in range(4)] == [TURN, TURN, other, other]
    assert chat_view.turn_at([TURN], 2) is None and chat_view.turn_at([TURN], None) is None


@pytest.mark.parametrize(("confidence", "sure"), [(0.02, "nothing in it comes close"), (0.4, "not certain")])
def test_an_uncovered_answer_starts_with_a_notice_and_confidence(confidence: float, sure: str):
    shown = chat_view.to_answer_message(
        replace(TURN, covered=False, confidence=confidence, citations=(), model=None), "en"
    )["content"]
    assert shown.startswith(f'<span class="tutor-badge tutor-not_covered">Not in your course material · {sure}')
    assert "/passage/" not in shown


@pytest.mark.parametrize(("confidence", "sure"), [(0.97, "very likely"), (0.7, "probably"), (0.3, "may not answer")])
def test_an_answer_states_its_coverage_confidence(confidence: float, sure: str):
    assert sure in chat_view.to_answer_message(replace(TURN, confidence=confidence), "en")["content"]


@pytest.mark.parametrize(("move", "said"), [("hint", False), ("summarise", False), ("answer", True), ("define", True)])
def test_only_answers_show_a_coverage_statement(move: str, said: bool):
    turn = replace(TURN, confidence=0.97, guidance=Guidance(move, "by rule"))
    assert ("very likely" in chat_view.to_answer_message(turn, "en")["content"]) is said


def test_unsupported_sentences_are_marked_and_explained():
    shown = chat_view.to_answer_message(replace(TURN, answer="Chlorophyll. [1] I like plants. [°]"), "en")["content"]
    assert 'I like plants. <span class="tutor-unsupported">°</span>' in shown
    assert "the tutor's own words; no passage of your course says this" in shown
    assert "own words" not in chat_view.to_answer_message(TURN, "en")["content"]


@pytest.mark.parametrize("status", [TurnStatus.STOPPED, TurnStatus.INTERRUPTED, TurnStatus.FAILED])
def test_an_interrupted_answer_shows_its_status(status: TurnStatus):
    assert t("en", status.value) in chat_view.to_answer_message(replace(TURN, status=status), "en")["content"]


def test_the_stage_is_shown_in_the_learners_language_before_the_first_token():
    assert "Searching the course" in chat_view.to_partial_message("", Stage("searching"), "en")["content"]
    assert "检索" in chat_view.to_partial_message(" ", Stage("searching"), "zh")["content"]
    assert chat_view.to_partial_message("So far", Stage("thinking"), "en")["content"] == "So far"


def test_editing_a_question_removes_display_joiners():
    assert text_format.strip_joiners(chat_view.to_question_message(TURN.question)["content"]) == TURN.question


@pytest.mark.parametrize("language", ["en", "zh"])
def test_quick_feedback_and_restored_vote_agree(language: str):
    for option in chat_view.feedback_options(language):
        thumb, reason = chat_view.parse_feedback(option, language)
        rating = Feedback("t1", "l1", thumb, reason, NOW)
        assert chat_view.feedback_values([TURN], {"t1": rating}, language) == [option]
    assert chat_view.parse_feedback(True, language) == (Thumb.UP, None)
    assert chat_view.feedback_values([TURN], {}, language) == [None]


def test_names_are_escaped():
    shown = text_format.escape_inline("**x** [y](http://z) <i>\n# h")
    assert shown.replace("\u2060", "") == "**x** [y](http://z) <i> # h"
    assert "](" not in shown and "**" not in shown


def test_a_running_job_shows_a_bar_and_a_finished_job_a_message():
    job = Job("j", "ingest", "l1", "biology", "book.pdf", JobState.RUNNING, "embedding", 3, 4, "", NOW, NOW)
    assert "75%" in job_progress.format_job(job, "en") and "making passages searchable" in job_progress.format_job(
        job, "en"
    )
    failed = replace(job, state=JobState.FAILED, message="book.pdf is locked.")
    assert job_progress.format_job(failed, "en").replace("\u2060", "") == "**book.pdf** failed. book.pdf is locked."
    assert job_progress.progress_bar(0) == "▱" * 16 and job_progress.progress_bar(1) == "▰" * 16


def test_the_model_status_distinguishes_loading_ready_and_failed():
    info = EngineInfo("SmolLM2-135M", "nf4", EngineState.READY, "x", 2048, "the hub cannot be reached", "cpu")
    assert chat_view.format_model_status(info, "en") == "SmolLM2-135M (NF4) · cpu · the hub cannot be reached"
    assert "warming up" in chat_view.format_model_status(replace(info, state=EngineState.LOADING), "en")
    assert "There is no model" in chat_view.format_model_status(replace(info, state=EngineState.FAILED), "en")


def test_the_model_status_says_how_much_is_downloaded_in_the_readers_language():
    progress = LoadProgress(LoadStage.DOWNLOADING, 340_500_000, 1_117_320_768)
    info = EngineInfo("standard", "none", EngineState.LOADING, "", 0, str(progress), progress=progress)
    assert "downloading the model, 340 of 1,117 MB" in chat_view.format_model_status(info, "en")
    assert "正在下载模型，已完成 340 / 1,117 MB" in chat_view.format_model_status(info, "zh")
    preparing = replace(info, progress=LoadProgress(LoadStage.PREPARING))
    assert "preparing the model" in chat_view.format_model_status(preparing, "en")
    assert "正在准备模型" in chat_view.format_model_status(preparing, "zh")


def test_the_model_status_says_why_a_smaller_model_answers_in_the_readers_language():
    values = {"model": "Qwen-1.5B", "needed": "3.5", "free": "3.1"}
    error = ModelUnusable("Qwen-1.5B needs 3.5 GB of free memory, 3.1 GB are free", key="model_no_memory", **values)
    fallback = Fallback((error,), "SmolLM2")
    info = EngineInfo("SmolLM2", "nf4", EngineState.READY, "x", 2048, str(fallback), fallback=fallback)
    english, chinese = (chat_view.format_model_status(info, language) for language in ("en", "zh"))
    assert english.endswith(
        "Qwen-1.5B needs 3.5 GB of free memory, 3.1 GB are free; the smaller SmolLM2 answers instead."
    )
    assert chinese.endswith("Qwen-1.5B 需要 3.5 GB 空闲内存，现有 3.1 GB；现由较小的 SmolLM2 回答。")


def test_starter_questions_are_in_the_learners_language():
    topics = ["The light reactions", "光合作用", "The light reactions"]
    assert [start["text"] for start in chat_view.starter_questions(topics, "en")] == [
        "Tell me about The light reactions"
    ]
    assert [start["text"] for start in chat_view.starter_questions(topics, "zh")] == ["光合作用是什么？"]
    assert chat_view.starter_questions(["Algebra"], "zh")[0]["text"] == "Algebra是什么？"


def test_the_active_version_is_labelled():
    version = AdapterVersion("a", "quiet-heron-v1", "l1", "biology", 1, AdapterState.ACTIVE, "b", "s", "d", {}, NOW)
    ((line, identity),) = adapter_view.version_choices(
        [adapter_view.VersionDetails(version, (), 0, may_answer=True)], "en"
    )
    assert line == "Version 1 · 0 better answers · 23 Nov 2026, 09:30 · in use" and identity == "a"
    assert "trained on 3" in adapter_view.format_active_adapter(version, {"a": 3}, "en")
    assert "the course's version" in adapter_view.format_active_adapter(replace(version, learner_id=None), {}, "en")
    assert "base tutor" in adapter_view.format_active_adapter(None, {}, "en")


def test_a_quote_is_highlighted_and_everything_is_escaped():
    shown, found = citation_html.highlight_quote("x <script> y & z", "y & z")
    assert (shown, found) == ("x &lt;script&gt; <mark>y &amp; z</mark>", True)
    assert citation_html.highlight_quote("abc", "nothing") == ("abc", False)
    assert citation_html.highlight_quote("abc", "") == ("abc", False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"参数$\mathbf{w}$和$b$之前", "参数w和b之前"),
        (r"$|\mathcal{B}|$ is the size", "|B| is the size"),
        (r"a rate $\eta > 0$ of", "a rate eta > 0 of"),
        ("It costs $5 or $6 a day", "It costs $5 or $6 a day"),
    ],
)
def test_plain_lines_strip_formula_markup_and_keep_currency(text, shown):
    assert text_format.to_plain_line(text) == shown


@pytest.mark.parametrize(
    ("answer", "model", "support"),
    [
        ("Chlorophyll is a pigment. [1]", None, "quoted from it"),
        ("The course says: Chlorophyll is a pigment. [1]", "a model", "quoted from it"),
        ("Chlorophyll is a pigment. [1]", "a model", "agrees with the passages"),
        ("Chlorophyll is a pigment. [1] I like it. [°]", "a model", "not found to say what is marked"),
        (
            "I like plants.\n\n(These are the tutor's own words; the closest passage of the course is [1].)",
            "a",
            "not found to say this",
        ),
    ],
)
def test_whether_the_course_supports_an_answer_is_said_apart_from_whether_it_covers_the_question(
    answer: str, model: str | None, support: str
):
    shown = chat_view.to_answer_message(replace(TURN, answer=answer, model=model, confidence=0.97), "en")["content"]
    assert support in shown
    assert ("very likely" in shown) is ("not found" not in support)
