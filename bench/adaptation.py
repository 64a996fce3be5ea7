"""Measure whether a learner's own adapter does more than the same corrections in the prompt: seven arms, nine wishes.

    python -m bench.adaptation --out bench/results/adaptation.json --work DIR
    python -m bench.adaptation --k 5 20 --arms base prompt own --learners hint facts --questions 8     a part
    python -m bench.adaptation --out FILE --report                                                     no runs

Simulated learners (`adaptation_learners.py`) whose wishes differ in kind write k corrections each. Then held-out
questions are answered greedily by seven arms: `base`; `wish`, the base told the wish in one sentence; `prompt`, the
base shown the corrections nearest to the question as earlier exchanges, five at most, as the product shows them; `own`,
the learner's adapter, trained as the product trains it; `mix`, that adapter and those exchanges; `stranger`, the
adapter of another learner; `shuffled`, an adapter of the same corrections with each other's answers. Rules judge
(`adaptation_judges.py`). Who has won is decided by the rule in `adaptation_statistics.py`, written before the runs.

`--out` is a file of runs that grows: what it has is not run again, and a part that is stopped goes on where it was.
Adapters stay in `--work`. A training takes some four minutes on two cores, a learner's answers in one arm about one.
"""

from __future__ import annotations

from tutor.platform.openmp import let_waiting_threads_sleep

let_waiting_threads_sleep()

import argparse  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402
from pathlib import Path  # noqa: E402

os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

from adapters.errors import TrainingRefused  # noqa: E402
from bench.adaptation_answers import ask_all, memory_mb  # noqa: E402
from bench.adaptation_arms import ARMS, BASE, OWN, STRANGER, adapter_of, prompts_for, stranger_of, uses_count  # noqa: E402
from bench.adaptation_banks import Question  # noqa: E402
from bench.adaptation_learners import LEARNERS, Learner, learner_of  # noqa: E402
from bench.adaptation_runs import Cell, Runs  # noqa: E402
from bench.adaptation_training import AdapterShelf  # noqa: E402
from bench.instruction_sets import instructions_used  # noqa: E402
from bench.retrieval_corpora import commit, hardware  # noqa: E402
from knowledge.embedding import Embedder  # noqa: E402
from knowledge.sentence_embedder import open_embedder  # noqa: E402
from tutor.engine.base import Engine  # noqa: E402
from tutor.engine.local import LocalEngine  # noqa: E402
from tutor.engine.model_files import resolve_model_files  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    runs = Runs(options.out)
    if not options.report:
        run_on_standard_model(options, runs)
    result = runs.to_json()
    print(json.dumps({name: value for name, value in result.items() if name not in ("cells", "trainings")}))


def _parser() -> argparse.ArgumentParser:
    kinds = [learner.kind for learner in LEARNERS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", nargs="+", choices=kinds, default=kinds, help="by the kind of their wish")
    parser.add_argument("--k", nargs="+", type=int, choices=[1, 5, 10, 20, 50], default=[1, 5, 10, 20, 50])
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--questions", type=int, default=12, help="held-out questions a learner")
    parser.add_argument("--model", default="standard", help="as in TUTOR_MODEL")
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--work", type=Path, default=Path("var/adaptation"), help="folder that keeps the adapters")
    parser.add_argument("--out", type=Path, help="file of runs; it grows")
    parser.add_argument("--report", action="store_true", help="only judge and count what the file has")
    return parser


def run_on_standard_model(options: argparse.Namespace, runs: Runs) -> None:
    """Run what the file does not have, on the model of the product."""
    files = resolve_model_files(options.model, options.data_dir)
    embedder = open_embedder("auto", options.data_dir / "models")
    engine = LocalEngine.open(files)
    info = engine.info()
    runs.about = {
        "model": info.model,
        "kernel": info.kernel,
        "isa": instructions_used("machine"),
        "hardware": hardware(),
        "commit": commit(),
    }
    experiment = Experiment(runs, engine, embedder, AdapterShelf(files, options.work, runs.add_training))
    try:
        learners = [learner_of(kind) for kind in options.learners]
        experiment.run(learners, options.k, options.arms, options.questions)
    finally:
        engine.close()


@dataclass(frozen=True, slots=True)
class Experiment:
    """Runs the cells that a file of runs does not have."""

    runs: Runs
    engine: Engine
    embedder: Embedder
    shelf: AdapterShelf

    def run(self, learners: Sequence[Learner], counts: Sequence[int], arms: Sequence[str], most: int) -> None:
        """Run arm after arm, each for all learners, so that a run that is stopped has whole arms to compare."""
        for count in counts:
            for arm in arms:
                for learner in learners:
                    self.run_cell(learner, count if uses_count(arm) else 0, arm, most)

    def run_cell(self, learner: Learner, count: int, arm: str, most: int) -> None:
        """Add one cell to the runs, unless they have it or the product would not train on so few corrections."""
        asked = learner.bank.asked(count, most) if count else learner.bank.held_out[:most]
        if self.runs.find(learner, count, arm, asked):
            return
        try:
            cell = self._copied(learner, count, arm, asked) or self._answered(learner, count, arm, asked)
        except TrainingRefused as error:
            print(f"{learner.kind} {count} {arm}: {error}", flush=True)
            return
        self.runs.add(cell)
        met = [int(learner.is_met(question, cell.answers[question.id])) for question in asked]
        print(f"{learner.kind} {count} {arm}: {sum(met)} of {len(met)}, {cell.seconds} s", flush=True)

    def _copied(self, learner: Learner, count: int, arm: str, asked: Sequence[Question]) -> Cell | None:
        """Return the cell from one with the same questions, prompts and adapter; None if there is none."""
        same: list[tuple[Learner, str]] = []
        if arm == STRANGER:
            same = [(stranger_of(learner), OWN)]
        elif arm == BASE:
            same = [(other, BASE) for other in LEARNERS if other.bank is learner.bank]
        cells = (self.runs.find(other, count, known, asked) for other, known in same)
        cell = next((cell for cell in cells if cell), None)
        return cell and replace(cell, kind=learner.kind, arm=arm)

    def _answered(self, learner: Learner, count: int, arm: str, asked: Sequence[Question]) -> Cell:
        key = adapter_of(arm, learner, count)
        adapter = self.shelf.get(key) if key else None
        prompts = prompts_for(arm, learner, count, asked, self.embedder)
        started = time.monotonic()
        answers, first_token_s = ask_all(self.engine, prompts, adapter)
        return Cell(
            kind=learner.kind,
            count=count,
            arm=arm,
            answers={question.id: answer for question, answer in zip(asked, answers, strict=True)},
            prompt_tokens=round(sum(map(self.engine.count_tokens, prompts)) / len(prompts), 1),
            first_token_s=round(first_token_s, 2),
            seconds=round(time.monotonic() - started, 1),
            memory_mb=round(memory_mb()),
        )


if __name__ == "__main__":
    main()
