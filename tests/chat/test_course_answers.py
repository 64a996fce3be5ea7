"""What the course says as it stands is quoted; what a model writes is checked before it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from chat_variants import with_engine

from tutor.chat.answer_support import AnswerSupport, answer_support
from tutor.domain import Course, Finished, Person, Token, Turn
from tutor.engine.base import GenerationRequest
from tutor.engine.scripted import ScriptedEngine
from tutor.services import Services

STANDARD = 1_500_000_000  # parameters
ICE = b"""# Ice

## Glaciers

A **glacier** is a body of ice that moves under its own weight. An **ice shelf** is a sheet of ice that floats on the
sea.

## How a glacier forms

A glacier forms in three steps:

1. Snow falls and outlasts the summer.
2. It is pressed to firn, a grainy old snow.
3. Firn becomes ice when the air is squeezed out.

## Colour

Ice absorbs red light more strongly than blue light, so the light that leaves a thick glacier is blue. Snow, whose
many surfaces scatter all light alike, is white.
"""
WHY = "Why is a thick glacier blue?"
GOOD = "Ice absorbs red light more strongly than blue light, so a thick glacier is blue."


@pytest.fixture
def ice(services: Services, course: Course, instructor: Person) -> Course:
    services.documents.ingest(instructor, course.id, "ice.md", ICE)
    return course


AskModel = Callable[..., tuple[Turn, ScriptedEngine, str]]


@pytest.fixture
def ask_model(services: Services, ice: Course, ada: Person) -> AskModel:
    """Ask a question of a model with these drafts; return the turn, the engine, and what was streamed."""

    def ask(question: str, *drafts: str, parameters: int = STANDARD) -> tuple[Turn, ScriptedEngine, str]:
        texts: Iterator[str] = iter(drafts)

        def script(_request: GenerationRequest) -> str:
            return next(texts)

        engine = ScriptedEngine(script, context_tokens=8192, parameters=parameters)
        *events, finished = with_engine(services.chat, engine).ask(ada, ice.id, question)
        assert isinstance(finished, Finished)
        return finished.turn, engine, "".join(event.text for event in events if isinstance(event, Token))

    return ask


def test_a_definition_is_quoted_without_a_model(ask_model: AskModel):
    turn, engine, _ = ask_model("What is a glacier?")
    assert turn.answer == "A glacier is a body of ice that moves under its own weight. [1]"
    assert turn.citations[0].quote == "A glacier is a body of ice that moves under its own weight."
    assert turn.model is None and not engine.requests


def test_the_steps_of_a_sequence_are_quoted_whole_and_in_order(ask_model: AskModel):
    turn, engine, _ = ask_model("What are the steps in which a glacier forms?")
    lines = turn.answer.splitlines()
    assert [line[:2] for line in lines if line[:1].isdigit()] == ["1.", "2.", "3."]
    assert "firn, a grainy old snow. [3]" in turn.answer and len(turn.citations) == 4
    assert not engine.requests


def test_a_comparison_quotes_both_sides(ask_model: AskModel):
    turn, engine, _ = ask_model("What is the difference between a glacier and an ice shelf?")
    assert "moves under its own weight" in turn.answer and "floats on the sea" in turn.answer
    assert len(turn.citations) == 2 and not engine.requests


def test_a_model_is_given_the_sentences_that_hold_the_cause(ask_model: AskModel):
    _, engine, _ = ask_model(WHY, GOOD)
    prompt = engine.requests[0].messages[-1].content
    assert "absorbs red light" in prompt and "outlasts the summer" not in prompt


def test_a_draft_that_the_course_supports_is_shown_with_its_citation(ask_model: AskModel):
    turn, engine, streamed = ask_model(WHY, GOOD)
    assert turn.answer == f"{GOOD} [1]" and streamed == GOOD
    assert len(engine.requests) == 1


def test_a_sentence_that_contradicts_the_course_is_never_shown(ask_model: AskModel):
    wrong = "Ice absorbs blue light more strongly than red light."
    turn, engine, streamed = ask_model(WHY, wrong, GOOD)
    assert turn.answer == f"{GOOD} [1]"
    assert wrong not in streamed
    assert wrong in engine.requests[1].messages[-1].content


def test_a_sentence_put_together_from_what_was_read_is_shown_as_the_tutors_own_words(ask_model: AskModel):
    own = "Red light is taken up by the ice, so a thick body of it has mostly blue light to give back."
    turn, engine, _ = ask_model(WHY, f"{GOOD} {own}")
    assert turn.answer == f"{GOOD} [1] {own} [°]" and len(engine.requests) == 1
    assert answer_support(turn) is AnswerSupport.PARTLY


def test_a_sentence_about_something_that_was_not_read_is_left_out_and_the_draft_goes_on(ask_model: AskModel):
    rest = "Snow scatters all light alike, so it is white."
    turn, engine, streamed = ask_model(WHY, f"{GOOD} Bananas ripen in cardboard boxes overnight. {rest}")
    assert turn.answer == f"{GOOD} [1] {rest} [2]" and "Bananas" not in streamed
    assert len(engine.requests) == 1


def test_a_list_is_shown_to_its_last_item(ask_model: AskModel):
    """A regression: each item counted as a sentence, and after three the model was stopped."""
    items = ["Snow falls.", "It outlasts the summer.", "It is pressed to firn.", "Firn becomes ice."]
    draft = "A glacier forms like this:\n\n" + "\n".join(f"- {one}" for one in items)
    turn, _, _ = ask_model("How can a glacier form at all?", draft)
    assert all(one in turn.answer for one in items)


def test_a_comparison_of_one_side_is_asked_for_again(ask_model: AskModel):
    one, both = (
        "Snow scatters all light alike.",
        "Snow scatters all light alike, and ice absorbs red light more strongly.",
    )
    turn, engine, _ = ask_model("How do snow and ice differ in colour?", one, both)
    assert len(engine.requests) == 2 and turn.answer.startswith(both)


def test_after_two_drafts_that_fail_the_course_is_quoted(ask_model: AskModel):
    turn, engine, streamed = ask_model(WHY, "Glaciers are blue because of copper.", "Glaciers are full of fish.")
    assert turn.answer.startswith("The course says: Ice absorbs red light")
    assert "copper" not in streamed and "fish" not in streamed and len(engine.requests) == 2


@pytest.mark.parametrize(
    "draft",
    ["The course text does not say why a glacier is blue. It", "课程原文中没有提到冰川为什么是蓝色的。"],
)
def test_a_draft_that_the_course_does_not_say_it_is_believed_the_second_time(ask_model: AskModel, draft: str):
    turn, engine, streamed = ask_model(WHY, draft, draft)
    assert turn.answer.startswith("I did not find an answer to this in the course. What comes closest: Ice absorbs")
    assert streamed == turn.answer.split(" [1]")[0] + " [1]" and len(engine.requests) == 2
    assert turn.covered is False and answer_support(turn) is AnswerSupport.NONE and turn.citations


def test_a_draft_that_finds_no_answer_where_the_search_was_sure_is_asked_for_again(ask_model: AskModel):
    """A regression: "The course text does not say …", in front of a passage that says it."""
    turn, engine, streamed = ask_model(WHY, "The course text does not say why a glacier is blue. It", GOOD)
    assert turn.covered and turn.answer == f"{GOOD} [1]" and "does not say" not in streamed
    assert "once more" in engine.requests[1].messages[-1].content


def test_a_draft_that_finds_no_answer_where_the_search_was_unsure_is_believed_at_once(ask_model: AskModel):
    turn, engine, _ = ask_model("How fast does a glacier move?", "The course text does not say how fast it moves. It")
    assert turn.covered is False and len(engine.requests) == 1


def test_two_drafts_that_fail_where_the_search_was_unsure_decline_the_question(ask_model: AskModel):
    """A regression: "Why did the Roman Empire fall?" was answered with a sentence about the messages of Caesar."""
    drafts = ["It moves some five hundred yards each Tuesday.", "It moves as quickly as penguins can march."]
    unsure, engine, _ = ask_model("How fast does a glacier move?", *drafts)
    assert len(engine.requests) == 2 and unsure.covered is False
    assert unsure.answer.startswith("I did not find an answer to this in the course. What comes closest:")
    sure, _, _ = ask_model(WHY, *drafts)
    assert sure.covered and sure.answer.startswith("The course says:")


def test_a_second_draft_that_declines_is_believed_too(ask_model: AskModel):
    turn, _, _ = ask_model(WHY, "Glaciers are full of fish.", "The course text does not say why it is blue.")
    assert turn.answer.startswith("I did not find an answer") and turn.covered is False


def test_a_supported_beginning_is_kept_and_the_rest_left_out(ask_model: AskModel):
    turn, engine, _ = ask_model(WHY, f"{GOOD} Penguins like this colour very much.")
    assert turn.answer == f"{GOOD} [1]" and len(engine.requests) == 1


def test_a_few_words_that_say_nothing_end_the_answer(ask_model: AskModel):
    """A regression: "Passing electrons on." with a citation."""
    turn, engine, streamed = ask_model(WHY, f"{GOOD} Scattering light alike.")
    assert turn.answer == f"{GOOD} [1]" and "alike" not in streamed and len(engine.requests) == 1


def test_what_stands_around_a_listing_is_checked_too(ask_model: AskModel):
    """A regression: a draft with code in it was shown whole, whatever it said."""
    listing = "```python\nprint(red_light)\n```"
    turn, _, streamed = ask_model(WHY, f"{GOOD}\n\n{listing}\n\nGlaciers are full of fish.")
    assert turn.answer.startswith(GOOD) and listing in turn.answer
    assert "fish" not in turn.answer and "fish" not in streamed


def test_a_yes_that_gives_no_ground_is_asked_for_again(ask_model: AskModel):
    """A regression: "Yes, the epidermis contains blood vessels. [1]", where the course says that it has none."""
    bare, grounded = "Yes, a glacier moves.", "Yes, a glacier moves under its own weight."
    turn, engine, _ = ask_model("Does a glacier move?", bare, grounded)
    assert len(engine.requests) == 2 and turn.answer.startswith(grounded)
    assert "Begin with yes or no" in engine.requests[0].messages[-1].content


def test_a_yes_that_another_sentence_denies_is_not_shown(services: Services, course: Course, instructor, ask_model):
    cave = b"# Caves\n\nMany ice caves have large blue lakes near them. An ice cave has no blue lakes within it.\n"
    services.documents.ingest(instructor, course.id, "caves.md", cave)
    claim = "Yes, an ice cave has large blue lakes near and within it."
    turn, _, streamed = ask_model("Does an ice cave have blue lakes?", claim, claim)
    assert "Yes" not in turn.answer and "Yes" not in streamed


def test_a_yes_that_only_says_the_question_again_needs_a_sentence_that_says_so(
    services: Services, course: Course, instructor, ask_model
):
    """A regression: "Yes, the Calvin cycle needs light directly. [1]", where the course says that it needs none."""
    text = b"# Kilns\n\nA kiln bakes clay. It needs no coal itself, but a fan that a coal plant drives.\n"
    services.documents.ingest(instructor, course.id, "kilns.md", text)
    claim = "Yes, a kiln needs coal directly. The text states that the fan is driven by a coal plant."
    turn, _, streamed = ask_model("Does a kiln need coal directly?", claim, claim)
    assert "Yes" not in turn.answer and "Yes" not in streamed and "needs no coal itself" in turn.answer


def test_a_question_that_points_back_is_read_with_the_one_before_it(services: Services, ice: Course, instructor, ada):
    """A regression: "Which of the two needs energy?" was answered from passages about two other things."""
    village = b"# A village\n\nTwo houses of the village are white, which is seldom.\n"
    services.documents.ingest(instructor, ice.id, "village.md", village)
    chat = with_engine(services.chat, ScriptedEngine(["Robots."], context_tokens=8192, parameters=STANDARD))
    *_, first = chat.ask(ada, ice.id, "How do snow and ice differ in colour?")
    *_, second = chat.ask(ada, ice.id, "Which of the two is white?", conversation_id=first.turn.conversation_id)
    assert "Snow, whose many surfaces" in second.turn.answer and "houses" not in second.turn.answer


def test_steps_with_listings_go_on_to_the_last_step(ask_model: AskModel):
    """A regression: steps ended before the first listing, since "For example:" had been said before."""
    steps = (
        f"{GOOD} For example:\n\n```python\nshow(light)\n\nshow(light)\n```\n\nBlue light leaves the ice. For example:"
        "\n\n```python\nshow(light)\n```\n\nGlaciers are full of fish. Snow scatters all light alike."
    )
    turn, _, streamed = ask_model(WHY, steps)
    assert turn.answer.count("show(light)") == 3 and "alike" in turn.answer
    assert "fish" not in turn.answer and "fish" not in streamed and "[1]" not in turn.answer.split("```")[1]


@pytest.mark.parametrize("draft", [WHY, "A thick glacier is blue.", "Blue light and", ""])
def test_an_echo_or_a_broken_sentence_is_replaced_by_the_course(ask_model: AskModel, draft: str):
    turn, _, _ = ask_model(WHY, draft, draft)
    assert turn.answer.startswith("The course says: Ice absorbs red light")


def test_a_few_words_become_the_sentence_that_they_are_from(ask_model: AskModel):
    turn, engine, _ = ask_model("What kind of light does ice absorb most strongly?", "Red light.", parameters=0)
    assert turn.answer.startswith("Ice absorbs red light more strongly than blue light")
    assert len(engine.requests) == 1


def test_a_small_model_is_not_asked_twice(ask_model: AskModel):
    turn, engine, _ = ask_model(WHY, "Glaciers are full of fish.", parameters=0)
    assert turn.answer.startswith("The course says:") and len(engine.requests) == 1


def test_a_sentence_about_a_thing_that_the_course_names_nowhere_is_not_shown(ask_model: AskModel):
    """A regression: a question about something that is not in the course was answered from the model's memory."""
    question = "Why is a thick glacier blue like microcline?"
    wrong = "A thick glacier is blue like microcline because it absorbs red light more strongly than blue light."
    turn, engine, streamed = ask_model(question, wrong, wrong)
    assert not turn.covered and "microcline because" not in streamed and len(engine.requests) == 1
    turn, _, _ = ask_model(question, GOOD)
    assert turn.covered and turn.answer == f"{GOOD} [1]"


def test_a_draft_is_not_stopped_in_a_list(ask_model: AskModel):
    """A regression: of three sentences and a list nothing of the list was shown."""
    said = "A glacier is a body of ice. It moves under its own weight. A glacier forms in three steps:"
    items = "\n\n1. Snow falls and outlasts the summer.\n2. Firn becomes ice when the air is squeezed out."
    turn, _, _ = ask_model("How does snow turn into a glacier?", said + items)
    assert "squeezed out" in turn.answer
