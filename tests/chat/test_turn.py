"""One turn, from the question to the stored answer."""

from __future__ import annotations

import re
from itertools import zip_longest

import pytest
from chat_variants import with_engine, with_generator
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tutor.domain import Course, Finished, Person, Queued, Role, Stage, Started, Token, TurnStatus
from tutor.engine.base import AdapterRef, GenerationRequest
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import EngineBusy, InputRefused, NotFound
from tutor.services import Services


def test_a_covered_question_is_answered_with_a_verbatim_citation(services, ask, ada):
    turn = ask(ada)
    assert turn.status is TurnStatus.COMPLETE and turn.covered
    assert turn.answer == "Chlorophyll absorbs red and blue light and reflects green light. [1]"
    (citation,) = turn.citations
    _document, passage = services.documents.passage(ada, citation.passage_id)
    assert citation.quote in passage.text
    assert citation.locator == passage.locator.label


@pytest.mark.parametrize("echo", ["Why do leaves look green?", "why do leaves look green"])
def test_an_echoed_question_is_replaced_by_the_course_extract(engine, services, ask, ada, echo):
    """A small model that does not speak the language repeats the question; that must not get a citation."""
    engine._answer = lambda _request: echo
    turn = ask(ada)
    assert turn.answer.startswith("The course says: Chlorophyll absorbs red and blue light")
    assert turn.citations[0].quote in services.documents.passage(ada, turn.citations[0].passage_id)[1].text


def test_everything_needed_to_explain_an_answer_is_stored_with_it(services, ask, ada):
    turn = ask(ada)
    (stored,) = services.conversations.list_turns(ada, turn.conversation_id)
    assert stored == turn
    assert stored.model == "scripted" and stored.quantization == "none" and stored.adapter is None
    assert len(stored.prompt_sha256) == 64 and stored.passages and stored.timings.tokens == 10


def test_an_uncovered_question_is_declined_without_model_or_citations(engine, ask, ada):
    turn = ask(ada, "Who won the football world cup in 1998?")
    assert turn.covered is False and turn.citations == () and turn.model is None
    assert "did not find this in your course" in turn.answer
    assert engine.requests == []


def test_invented_citation_marks_are_removed(services, course, ada, ask, engine):
    engine._answer = lambda _request: "Leaves look green [7] because chlorophyll reflects green light [3]."
    turn = ask(ada)
    assert "[7]" not in turn.answer and "[3]" not in turn.answer
    assert {citation.number for citation in turn.citations} == {1}


UNSUPPORTED = "Bananas were invented by a committee of robots."


def test_an_unsupported_answer_is_replaced_by_what_the_course_says(ask, ada, engine):
    engine._answer = lambda _request: UNSUPPORTED
    turn = ask(ada)
    assert "robots" not in turn.answer and turn.answer.startswith("The course says: Chlorophyll absorbs red")


def ask_with_adapter(services, ada, course, tmp_path, question, **rest):
    """Ask with an adapter active, which may know what the course does not say."""
    adapter = AdapterRef("quiet-heron-v1", tmp_path, "0" * 64, "scripted")
    chat = with_generator(services.chat, find_active_adapter=lambda *_: adapter)
    *_, finished = chat.ask(ada, course.id, question, **rest)
    return finished.turn


def test_an_answer_of_an_adapter_that_the_course_does_not_support_is_marked_as_such(
    services, course, ada, engine, tmp_path
):
    engine._answer = lambda _request: UNSUPPORTED
    turn = ask_with_adapter(services, ada, course, tmp_path, "Why do leaves look green?")
    assert turn.answer.startswith(UNSUPPORTED) and "tutor's own words" in turn.answer


def test_conversation_history_reaches_the_model_without_citation_marks(ask, ada, engine):
    first = ask(ada)
    ask(ada, "Where does the Calvin cycle build sugar?", conversation_id=first.conversation_id)
    roles = [(m.role, m.content) for m in engine.requests[-1].messages]
    assert roles[1] == ("user", "Why do leaves look green?")
    assert roles[2] == ("assistant", "Chlorophyll absorbs red and blue light and reflects green light.")


def test_the_next_prompt_prefix_is_prefetched(ask, ada, engine):
    """The prefetched messages are the first messages of the next prompt, with the same adapter."""
    first = ask(ada)
    prefix, adapter = engine.prefetched[-1]
    ask(ada, "Where does the Calvin cycle build sugar?", conversation_id=first.conversation_id)
    assert adapter is None and len(prefix) == 3
    assert engine.requests[-1].messages[:3] == prefix


def test_a_queued_learner_sees_the_queue_position(services, course, ada, engine):
    engine.queue_positions = (2, 1, 0)
    events = [
        event
        for event in services.chat.ask(ada, course.id, "Which light does chlorophyll absorb?")
        if isinstance(event, Stage | Queued)
    ]
    assert events[-4:] == [Stage("thinking"), Queued(2), Queued(1), Queued(0)]


def test_turns_answered_at_the_same_time_name_their_own_conversations(services, course, ada):
    """With two tabs open, each learns from its first event which conversation its turn belongs to."""
    questions = ("Why do leaves look green?", "Where does the Calvin cycle build sugar?")
    streams = [services.chat.ask(ada, course.id, question) for question in questions]
    rounds = list(zip_longest(*streams))
    for question, first, last in zip(questions, rounds[0], map(last_event, zip(*rounds, strict=True)), strict=True):
        assert isinstance(first, Started) and isinstance(last, Finished)
        assert first.turn.question == last.turn.question == question
        assert first.turn.id == last.turn.id and first.turn.status is TurnStatus.RUNNING
        (turn,) = services.conversations.list_turns(ada, first.turn.conversation_id)
        assert turn == last.turn
    assert len({started.turn.conversation_id for started in rounds[0]}) == 2


def last_event(events):
    return [event for event in events if event is not None][-1]


def test_a_question_is_embedded_once_in_a_turn(services, ask, ada, monkeypatch):
    """The search and the verified answers compare the same vectors."""
    correction = "Chlorophyll reflects green light, so leaves look green to us."
    services.feedback.submit_correction(ada, ask(ada).id, correction, consent=False)
    monkeypatch.setattr(services.engine, "_parameters", 8_000_000_000)  # a small model is shown no related answer
    embedded: list[str] = []
    for name in ("encode_queries", "embed_passages"):
        monkeypatch.setattr(type(services.embedder), name, recording(getattr(type(services.embedder), name), embedded))
    question = "What makes leaves so green in summer?"
    turn = ask(ada, question)
    assert turn.verified and not turn.verified.whole
    assert embedded.count(question) == 1


def recording(method, texts_seen):
    def record(self, texts):
        texts_seen.extend(texts)
        return method(self, texts)

    return record


def test_tutor_notes_are_not_sent_back_to_the_model(services, course, ask, ada, engine, tmp_path):
    engine._answer = lambda _request: UNSUPPORTED
    first = ask_with_adapter(services, ada, course, tmp_path, "Why do leaves look green?")
    ask(ada, "Why are leaves green?", conversation_id=first.conversation_id)
    assert engine.requests[-1].messages[2].content == "Bananas were invented by a committee of robots."


def test_stopping_keeps_the_partial_answer(services, course, ada, engine):
    engine._answer = lambda _request: "Chlorophyll absorbs red and blue light. Chlorophyll reflects green light."
    stream = services.chat.ask(ada, course.id, "Why do leaves look green?")
    answer = ""
    for event in stream:
        if isinstance(event, Token):
            answer += event.text
        if len(answer.split()) == 3:
            stream.close()
            break
    (conversation,) = services.conversations.list_own(ada, course.id)
    (turn,) = services.conversations.list_turns(ada, conversation.id)
    assert turn.status is TurnStatus.STOPPED
    assert turn.answer == "Chlorophyll absorbs red"
    assert engine.cancelled == 1


def test_an_engine_failure_leaves_a_failed_turn_with_the_partial_answer(services, course, ada, engine):
    def broken(request: GenerationRequest):
        yield from map(Token, ("Chlorophyll reflects ", "green light. ", "It "))
        raise EngineBusy(3)

    engine.stream = broken
    with pytest.raises(EngineBusy, match="number 3"):
        list(services.chat.ask(ada, course.id, "Why do leaves look green?"))
    (conversation,) = services.conversations.list_own(ada, course.id)
    (turn,) = services.conversations.list_turns(ada, conversation.id)
    assert (turn.status, turn.answer) == (TurnStatus.FAILED, "Chlorophyll reflects green light.")


def test_a_retry_generates_another_answer_and_hides_the_first(services, ask, ada, engine):
    first = ask(ada)
    second = ask(ada, first.question, conversation_id=first.conversation_id, replaces_turn_id=first.id)
    assert [turn.id for turn in services.conversations.list_turns(ada, first.conversation_id)] == [second.id]
    assert [request.temperature for request in engine.requests] == [0.0, 0.7]
    third = ask(ada, first.question, conversation_id=first.conversation_id, replaces_turn_id=second.id)
    assert engine.requests[-1].seed == 2 and third.replaces == second.id


def test_editing_an_early_question_hides_later_turns(services, ask, ada, engine):
    first = ask(ada)
    ask(ada, "Where does the Calvin cycle build sugar?", conversation_id=first.conversation_id)
    edited = ask(ada, "Why are leaves green?", conversation_id=first.conversation_id, replaces_turn_id=first.id)
    assert [turn.id for turn in services.conversations.list_turns(ada, first.conversation_id)] == [edited.id]
    assert engine.requests[-1].temperature == 0.0


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200d", "?!…", "\x00\x01"])
def test_a_message_without_words_is_refused_before_anything_is_stored(services, course, ada, text):
    with pytest.raises(InputRefused, match="no question"):
        next(services.chat.ask(ada, course.id, text))
    assert services.conversations.list_own(ada, course.id) == []


def test_a_huge_message_is_refused_with_its_size_and_a_remedy(services, course, ada):
    with pytest.raises(InputRefused, match=r"1,000,000 characters; at most 8,000 .*upload it"):
        next(services.chat.ask(ada, course.id, "a" * 1_000_000))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(text=st.text(min_size=1, max_size=300))
def test_any_text_is_refused_or_answered_and_stored(services, course, ada, text):
    try:
        events = list(services.chat.ask(ada, course.id, text))
    except InputRefused:
        return
    turn = events[-1].turn
    assert services.conversations.list_turns(ada, turn.conversation_id)[-1] == turn


def test_a_learner_cannot_ask_in_or_replace_turns_of_anothers_conversation(services, ask, course, ada, bob):
    adas_turn = ask(ada)
    with pytest.raises(NotFound, match="no such conversation"):
        next(services.chat.ask(bob, course.id, "Why?", conversation_id=adas_turn.conversation_id))
    bobs_turn = ask(bob)
    with pytest.raises(NotFound, match="not in this conversation"):
        bobs_conversation = bobs_turn.conversation_id
        next(
            services.chat.ask(bob, course.id, "Why?", conversation_id=bobs_conversation, replaces_turn_id=adas_turn.id)
        )


def test_a_course_that_does_not_exist_or_is_closed_is_not_found(services, instructor, ada):
    closed = services.courses.create(instructor, "Closed", open_to_all=False)
    for course_id in ("nowhere", closed.id):
        with pytest.raises(NotFound, match="there is no course"):
            next(services.chat.ask(ada, course_id, "Why?"))


def test_an_interrupted_turn_is_marked_at_restart(services, course, ada):
    stream = services.chat.ask(ada, course.id, "Why do leaves look green?")
    next(stream)
    services.recover_interrupted_work()
    (conversation,) = services.conversations.list_own(ada, course.id)
    assert services.conversations.list_turns(ada, conversation.id)[0].status is TurnStatus.INTERRUPTED
    stream.close()


def test_long_history_and_passages_are_trimmed_to_the_window(services: Services, course: Course, ada: Person):
    small = ScriptedEngine(["Yes."] * 9, context_tokens=520)
    chat = with_engine(services.chat, small)
    conversation = None
    for _ in range(6):
        events = list(chat.ask(ada, course.id, "Why do leaves look green? " * 5, conversation_id=conversation))
        assert isinstance(events[-1], Finished)
        conversation = events[-1].turn.conversation_id
    window = small.info().context_tokens - services.settings.max_answer_tokens
    assert all(small.count_tokens(request.messages) <= window for request in small.requests)


@pytest.mark.parametrize(("parameters", "reads_other_sentences"), [(135_000_000, False), (8_000_000_000, True)])
def test_a_small_model_gets_selected_sentences_and_a_large_one_passages(
    services: Services, course: Course, instructor: Person, ada: Person, parameters: int, reads_other_sentences: bool
):
    text = (
        b"Roots drink. Mosses have no roots, so their leaves take up the water of the rain. They were drawn by Haeckel."
    )
    services.documents.ingest(instructor, course.id, "moss.txt", text)
    engine = ScriptedEngine(["Their leaves."], context_tokens=32_768, parameters=parameters)
    *_, finished = with_engine(services.chat, engine).ask(
        ada, course.id, "What do mosses take up the water of rain with?"
    )
    prompt = engine.requests[0].messages[-1].content
    assert "their leaves take up the water" in prompt and ("Haeckel" in prompt) is reads_other_sentences
    assert finished.turn.citations[0].quote.startswith("Mosses have no roots")


def test_a_greeting_is_answered_without_retrieval(ask, ada, engine):
    turn = ask(ada, "Hello!")
    assert turn.answer.startswith("Hello!") and turn.covered is None and engine.requests == []


def test_a_formula_is_answered_in_the_learners_language(services, course, ask):
    """The Latin letter in a Chinese learner's "x=4" does not make it English."""
    mei = services.accounts.create_account("mei", Role.LEARNER, "zh")
    first = ask(mei, "解方程 2x+3=11")
    turn = ask(mei, "x=4", conversation_id=first.conversation_id)
    assert turn.guidance.move == "confirm" and re.search(r"[\u4e00-\u9fff]", turn.answer)


def test_a_chinese_question_is_prompted_in_chinese(services, instructor, course, ada, engine, ask):
    document = "# 叶子\n\n叶绿素吸收红光和蓝光，反射绿光，所以叶子看起来是绿色的。"
    services.documents.ingest(instructor, course.id, "叶.md", document.encode())
    turn = ask(ada, "为什么叶子看起来是绿色的？")
    assert turn.covered
    assert "课程段落" in engine.requests[-1].messages[-1].content
