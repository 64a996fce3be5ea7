"""The sentences that an answer is written from are few, hold the answer, and bring what they lean on."""

from __future__ import annotations

from passages import make_hit

from knowledge.documents import Hit
from tutor.answers.course_sentences import read_sentences
from tutor.answers.evidence import best_sentence, select_evidence, select_passages, weigh_sentences
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


def test_a_sentence_that_lists_things_weighs_more_where_a_list_is_asked_for():
    hit = make_hit("Every glacier has zones. Melting forms an upper zone, a middle zone, and a snout.")
    question = "Which zones does a glacier have?"
    as_list, as_fact = (weigh_sentences(question, form, [hit], {}) for form in (AnswerForm.LIST, AnswerForm.FACT))
    assert as_list[0].weight == as_fact[0].weight and as_list[1].weight > as_fact[1].weight


def test_a_sentence_that_only_announces_is_not_read():
    hit = make_hit("You will learn why firn is grainy in chapter 8. Firn is grainy because it melted and froze again.")
    texts = [one.text for one in select_evidence("Why is firn grainy?", AnswerForm.CAUSE, [hit], {})]
    assert texts == ["Firn is grainy because it melted and froze again."]


def test_the_sentence_nearest_in_meaning_is_read_though_others_have_the_words_of_the_question():
    words = " ".join(f"Runoff leaves valley {at} when the day is hot." for at in range(8))
    hit = make_hit(f"{words} Meltwater drains by noon.")
    near = {hit.passage.id: [*[0.3] * 8, 0.8]}
    evidence = select_evidence("When does the runoff leave the valley on a hot day?", AnswerForm.FACT, [hit], near)
    assert "Meltwater drains by noon." in [one.text for one in evidence]


ZONES = make_hit("A glacier has three zones:\n\n- the accumulation zone\n- the ablation zone\n- the snout", ordinal=1)


def long_hit(topic: str, ordinal: int, words: int) -> Hit:
    return make_hit(f"The {topic} of a glacier was measured again. " + "word " * (words - 9) + "end.", ordinal=ordinal)


def test_a_model_is_given_whole_passages_that_of_the_best_sentence_first():
    hits = [make_hit("Maps are made by hand. Nobody likes it.", ordinal=0), ZONES]
    passages = select_passages("Which zones does a glacier have?", AnswerForm.LIST, hits, {})
    assert passages[0] == ZONES and "the ablation zone" in passages[0].passage.text


def test_a_sentence_that_was_found_already_brings_its_passage_first():
    hits = [ZONES, make_hit("Firn is old snow.", ordinal=2)]
    (firn,) = read_sentences(hits[1:])
    assert select_passages("Which zones does a glacier have?", AnswerForm.FACT, hits, {}, [firn])[0] == hits[1]


def test_passages_are_as_many_as_a_small_machine_can_read_and_more_where_an_answer_has_parts():
    hits = [long_hit("depth", at, 140) for at in range(5)]
    question = "What is the depth of a glacier?"
    assert len(select_passages(question, AnswerForm.FACT, hits, {})) == 2
    assert len(select_passages(question, AnswerForm.COMPARISON, hits, {})) == 3
    assert len(select_passages(question, AnswerForm.FACT, [long_hit("depth", 0, 900)], {})) == 1


def test_a_sentence_with_gaps_to_fill_in_is_no_evidence():
    """A regression: "Can a probability be greater than 1?" was answered with "S = _____ Let event A = …"."""
    gaps = "The weight of ice = _______ Let event A = the ice is heavy and event B = the weight is below 13."
    hit = make_hit(f"{gaps}\n\nIce is lighter than water. Its weight is nine tenths of that of water.")
    chosen = select_evidence("What is the weight of ice?", AnswerForm.FACT, [hit], {})
    assert chosen and not any("___" in one.raw for one in chosen)


def test_a_long_listing_does_not_outweigh_the_sentence_that_says_it():
    """A regression: a listing in ten languages was read for how a heap gives away its root."""
    listing = make_hit("```c\n" + "// the root leaves the heap\nroot = heap.pop(0)\n" * 20 + "```", document="code")
    said = make_hit("The root leaves the heap after it was swapped with the last leaf.", ordinal=1)
    chosen = select_passages("How does the root leave the heap?", AnswerForm.PROCESS, [listing, said], {})
    assert chosen[0] is said
