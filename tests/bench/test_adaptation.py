"""`bench.adaptation`: judges, arms, runs that go on, and the rule of victory."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench import adaptation_judges as judges
from bench.adaptation import Experiment, main
from bench.adaptation_arms import ARMS, MIX, MOST_SHOWN, OWN, PROMPT, WISH, prompts_for, shuffled_rows
from bench.adaptation_banks import bank
from bench.adaptation_learners import LEARNERS, Learner, base_prompt, learner_of
from bench.adaptation_runs import Cell, Runs, Training
from bench.adaptation_statistics import MIN_QUESTIONS, difference, pooled_interval, summarize
from bench.adaptation_training import AdapterShelf
from knowledge.embedding import HashingEmbedder
from tests.fake_trainer import fake_train
from tutor.engine.base import GenerationRequest
from tutor.engine.model_files import ModelFiles
from tutor.engine.scripted import ScriptedEngine

EMBEDDER = HashingEmbedder(16)
FACT = next(q for q in bank("facts").to_correct if q.term == "friction")
SLOPE = next(q for q in bank("lines").to_correct if q.term == "slope")
RIGHT = SLOPE.result
PENCIL = next(q for q in bank("class").to_correct if q.outdated == "pencil")


# -- judges ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.kind)
def test_what_a_learner_writes_is_what_they_wish(learner: Learner):
    assert all(learner.is_met(question, learner.write(question)) for question in learner.bank.to_correct)


@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.kind)
def test_the_plain_answer_is_not_what_they_wish(learner: Learner):
    plain = [learner.is_met(q, q.passage if q.outdated else q.answer) for q in learner.bank.to_correct[:20]]
    most = 10 if learner.kind == "length" else 0  # some plain answers are short
    assert sum(plain) <= most


@pytest.mark.parametrize(
    ("judge", "question", "met", "not_met"),
    [
        (judges.is_short, FACT, "It resists motion, makes heat.", "It speeds up the motion."),
        (judges.has_gloss, FACT, "Friction (摩擦) turns some into heat.", "Friction (重力) resists motion."),
        (judges.is_hint, FACT, "Hint: look at rough spots.", f"Hint: {FACT.answer}"),
        (judges.is_okay_so, FACT, f"Okay, so {FACT.answer}", "Okay, so bananas are made of yellow cheese."),
        (judges.has_two_lines, FACT, f"Answer: {FACT.answer}\nFrom the text: Rough spots.", "It resists motion."),
        (judges.has_notation, SLOPE, f"It is $m={RIGHT}$.", f"It is $m={RIGHT + 1}$."),
        (judges.has_teachers_word, SLOPE, f"The steepness is {RIGHT}.", f"The steepness (slope) is {RIGHT}."),
        (judges.is_worked, SLOPE, f"Work: 1. Result: {RIGHT}. Check: 2 = 2.", f"Work: 1. Result: {RIGHT}."),
        (judges.has_new_fact, PENCIL, "With blue ink.", "With blue ink, not in pencil."),
    ],
)  # fmt: skip
def test_form_and_content_both_count(judge, question, met, not_met):
    assert judge(question, met)
    assert not judge(question, not_met)


# -- arms --------------------------------------------------------------------------------------------------------------


def test_the_prompt_arm_shows_corrections_as_earlier_exchanges_the_nearest_last():
    learner = learner_of("facts")
    asked = [replace(learner.bank.to_correct[2], id="again")]
    (messages,) = prompts_for(PROMPT, learner, 20, asked, EMBEDDER)
    assert [message.role for message in messages] == ["system", *("user", "assistant") * MOST_SHOWN, "user"]
    assert messages[-3].content == asked[0].text and messages[-1] == base_prompt(asked[0])[-1]
    (few,) = prompts_for(PROMPT, learner, 1, asked, EMBEDDER)
    assert len(few) == 4


def test_the_wish_is_one_sentence_in_the_instructions():
    learner = learner_of("hint")
    (messages,) = prompts_for(WISH, learner, 0, [FACT], EMBEDDER)
    assert learner.wish in messages[0].content and messages[1:] == base_prompt(FACT)[1:]


def test_shuffled_answers_belong_to_another_question():
    rows = learner_of("register").corrections(20)
    shuffled = shuffled_rows(rows)
    assert [row.prompt for row in shuffled] == [row.prompt for row in rows]
    assert sorted(row.answer for row in shuffled) == sorted(row.answer for row in rows)
    assert all(new.answer != old.answer for new, old in zip(shuffled, rows, strict=True))


def test_what_was_never_corrected_about_the_class_is_not_asked():
    assert len(bank("class").asked(5, 12)) == 5
    assert len(bank("facts").asked(5, 12)) == 12
    corrected = {question.id for name in ("facts", "lines") for question in bank(name).to_correct}
    assert corrected.isdisjoint(question.id for name in ("facts", "lines") for question in bank(name).held_out)


# -- runs --------------------------------------------------------------------------------------------------------------


class Setting:
    """An experiment with a scripted engine: adapters answer "Okay, so ..." in the words of the text."""

    def __init__(self, folder: Path) -> None:
        self.trained: list[str] = []
        self.file = folder / "runs.json"
        self.folder = folder

    def run(self, kinds: list[str], counts: list[int], arms: list[str], most: int = 3) -> ScriptedEngine:
        def answer(request: GenerationRequest) -> str:
            text = request.messages[-1].content.partition("Course text:\n")[2].partition("\n")[0]
            return f"Okay, so {text}" if request.adapter else text

        def train(job):
            self.trained.append(job.name)
            return fake_train(job, lambda progress: None, lambda: False)

        engine, runs = ScriptedEngine(answer), Runs(self.file)
        files = ModelFiles(self.folder, "scripted", engine.info().base_sha256)
        shelf = AdapterShelf(files, self.folder / "work", runs.add_training, train)
        Experiment(runs, engine, EMBEDDER, shelf).run([learner_of(kind) for kind in kinds], counts, arms, most)
        return engine


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def test_a_run_goes_on_where_it_was_and_its_file_grows(setting: Setting):
    assert len(setting.run(["register"], [5], ["base", "own"]).requests) == 6
    more = setting.run(["register"], [5, 10], ["base", "own", "mix"])
    assert len(more.requests) == 9  # the mix at 5, own and mix at 10
    assert setting.trained == ["register-5", "register-10"]
    runs = Runs(setting.file)
    assert set(runs.cells) == {
        ("register", 0, "base"),
        *(("register", count, arm) for count in (5, 10) for arm in ("own", "mix")),
    }


def test_more_questions_than_a_cell_has_are_asked_again(setting: Setting):
    setting.run(["register"], [5], ["base"], most=2)
    assert len(setting.run(["register"], [5], ["base"], most=4).requests) == 4
    assert not setting.run(["register"], [5], ["base"], most=3).requests


def test_answers_that_are_known_from_another_learner_are_not_asked_for_again(setting: Setting):
    setting.run(["hint", "register"], [5], ["base", "own"])
    assert not setting.run(["language"], [5], ["base"]).requests
    assert not setting.run(["language"], [5], ["stranger"]).requests  # answered by the adapter of `register`
    assert Runs(setting.file).cells["language", 5, "stranger"].answers["facts-inflation"].startswith("Okay, so")


def test_the_product_does_not_train_on_one_correction(setting: Setting, capsys: pytest.CaptureFixture[str]):
    from adapters.errors import TrainingRefused

    def refuse(job):
        raise TrainingRefused("not enough to train: 1 of 3 corrections")

    runs, engine = Runs(setting.file), ScriptedEngine()
    files = ModelFiles(setting.folder, "scripted", engine.info().base_sha256)
    shelf = AdapterShelf(files, setting.folder / "work", runs.add_training, refuse)
    Experiment(runs, engine, EMBEDDER, shelf).run([learner_of("hint")], [1], [OWN], 3)
    assert not runs.cells and "not enough to train" in capsys.readouterr().out


def test_the_last_line_has_the_figures_of_each_count_and_no_answers(
    setting: Setting, capsys: pytest.CaptureFixture[str]
):
    setting.run(["register", "hint"], [5], list(ARMS))
    main(["--report", "--out", str(setting.file)])
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert printed["at_5"]["by_kind"]["register"] | {"own": 1.0, "base": 0.0} == printed["at_5"]["by_kind"]["register"]
    assert printed["at_5"]["own_minus_prompt"]["low"] <= printed["at_5"]["own_minus_prompt"]["mean"]
    assert set(printed["at_5"]["costs"]) == set(ARMS) and "cells" not in printed


# -- statistics --------------------------------------------------------------------------------------------------------


def runs_of(own: list[int], prompt: list[int], **more: list[int]) -> dict[str, list[int]]:
    zeros = [0] * len(own)
    return {"base": zeros, "stranger": zeros, "shuffled": zeros, "own": own, "prompt": prompt, **more}


TRAINING = {"forgetting": 0.01, "seconds": 200.0}
ALL, NONE = [1] * MIN_QUESTIONS, [0] * MIN_QUESTIONS


def test_differences_are_paired_by_question():
    assert difference({"own": [1, 0, 1], "prompt": [1, 1, 0]}, "own", "prompt") == [0, -1, 1]
    assert difference({"own": [1]}, "own", "prompt") is None


def test_the_interval_over_learners_is_wider_than_that_of_as_many_questions_of_one():
    apart, alike = pooled_interval([[1] * 10, [0] * 10]), pooled_interval([[1, 0] * 5, [0, 1] * 5])
    assert apart and alike and apart.mean == alike.mean == 0.5
    assert apart.high - apart.low > alike.high - alike.low
    assert pooled_interval([]) is None


def test_adapters_win_with_four_kinds_above_the_prompt_and_none_below():
    learners = {str(number): runs_of(ALL, NONE) for number in range(4)} | {"even": runs_of(ALL, ALL)}
    result = summarize(learners, [TRAINING])
    assert result["kinds_above"] == ["0", "1", "2", "3"] and result["kinds_below"] == []
    assert result["victory"] is True and result["win_rate"] == 1.0
    assert summarize(learners | {"facts": runs_of(NONE, ALL)}, [TRAINING])["victory"] is False


def test_the_mix_may_win_where_the_adapter_alone_does_not():
    learners = {str(number): runs_of(NONE, NONE, mix=ALL) for number in range(4)}
    result = summarize(learners, [TRAINING])
    assert result["kinds_above"] == [] and len(result["mix_kinds_above"]) == 4 and result["victory"] is True


@pytest.mark.parametrize("control", ["stranger", "shuffled"])
def test_adapters_do_not_win_where_a_control_is_better_than_the_base(control: str):
    learners = {str(number): runs_of(ALL, NONE) | {control: ALL} for number in range(4)}
    assert summarize(learners, [TRAINING])["victory"] is False


def test_adapters_do_not_win_by_forgetting_and_not_before_all_has_been_run():
    learners = {str(number): runs_of(ALL, NONE) for number in range(4)}
    assert summarize(learners, [{**TRAINING, "forgetting": 0.03}])["victory"] is False
    assert summarize({kind: {OWN: met[OWN], MIX: ALL} for kind, met in learners.items()}, [])["victory"] is None


def test_too_few_questions_decide_nothing():
    few = runs_of([1] * (MIN_QUESTIONS - 1), [0] * (MIN_QUESTIONS - 1))
    assert summarize({"few": few}, [TRAINING])["kinds_above"] == []


def test_old_runs_are_judged_by_the_rule_of_today(tmp_path: Path):
    file = tmp_path / "runs.json"
    runs = Runs(file)
    question = bank("facts").held_out[0]
    runs.add(Cell("register", 5, OWN, {question.id: f"Okay, so {question.answer}"}, 1.0, 1.0, 1.0, 1.0))
    stored = json.loads(file.read_text("utf-8"))
    assert "met" not in stored["cells"][0]
    assert Runs(file).met(learner_of("register"), 5) == {OWN: [1]}


def test_a_report_names_the_machine_of_the_runs(tmp_path: Path):
    runs = Runs(tmp_path / "runs.json")
    runs.about = {"model": "a model", "kernel": "int8-rows", "isa": "AVX2"}
    runs.save()
    assert Runs(tmp_path / "runs.json").to_json().items() >= runs.about.items()


def test_a_training_of_a_stopped_run_is_known(tmp_path: Path):
    from bench.adaptation_arms import AdapterKey

    runs = Runs(tmp_path / "runs.json")
    training = Training("hint", 5, False, 100.0, 4000.0, 3.0, 0.01, True, ("a reason",))
    runs.add_training(AdapterKey("hint", 5), training)
    assert Runs(tmp_path / "runs.json").trainings == {"hint-5": training}
