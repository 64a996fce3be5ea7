"""The sentences that an answer is written from are few, hold the answer, and bring what they lean on."""

from __future__ import annotations

from passages import make_hit

from tutor.answers.evidence import best_sentence, select_evidence
from tutor.answers.question_form import AnswerForm, purpose_query, read_question

FILLER = " ".join(f"Valley number {at} was mapped by hand in that year." for at in range(40))
COLOUR = make_hit(
    "Ice absorbs red light. Blue light passes through it. Thick ice therefore looks blue to us. Snow is another matter."
)


def test_a_conclusion_brings_the_sentence_that_it_is_drawn_from():
    best = best_sentence("Why does thick ice look blue?", AnswerForm.CAUSE, [COLOUR], {})
    assert best is not None and best.is_sure
    assert best.sentence.text == "Blue light passes through it. Thick ice therefore looks blue to us."


def test_a_sentence_without_a_cause_is_no_sure_answer_to_why():
    hit = make_hit("Thick ice looks blue. Many visitors take pictures of it.")
    best = best_sentence("Why does thick ice look blue?", AnswerForm.CAUSE, [hit], {})
    assert best is not None and not best.is_sure


def test_evidence_is_a_small_part_of_a_long_passage_and_holds_the_answer():
    hit = make_hit(f"{FILLER} Firn is snow that outlasted a summer. {FILLER}")
    evidence = select_evidence("What is firn made of?", AnswerForm.FACT, [hit], {})
    texts = [sentence.text for sentence in evidence]
    assert "Firn is snow that outlasted a summer." in texts
    assert sum(len(text.split()) for text in texts) <= 150


def test_meaning_finds_a_sentence_that_shares_no_word_with_the_question():
    hit = make_hit("Rope teams cross in silence. Crampons bite well. Meltwater drains by noon.")
    best = best_sentence("When does the runoff leave?", AnswerForm.FACT, [hit], {hit.passage.id: [0.1, 0.1, 0.9]})
    assert best is not None and best.sentence.text == "Meltwater drains by noon."


def test_a_question_why_something_is_used_looks_for_its_purpose():
    assert "benefits" in purpose_query(read_question("Why should you use a rope?"))
    assert "目的" in purpose_query(read_question("为什么要用绳子？"))
    assert purpose_query(read_question("Why is ice blue?")) == "Why is ice blue?"


def test_what_a_thing_allows_is_no_cause():
    """A regression: "a shell ... allows direct interaction" was quoted as why the language is called Python."""
    hit = make_hit("Thick ice, which looks blue, allows light to pass.")
    best = best_sentence("Why does thick ice look blue?", AnswerForm.CAUSE, [hit], {})
    assert best is not None and not best.is_sure
