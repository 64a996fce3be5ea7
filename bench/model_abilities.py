"""Write what a model would do beside what the tutor does without it, to decide what its size class may do.

    python -m bench.model_abilities --model standard --out bench/results/model_abilities.json
    python -m bench.model_abilities --model small --course FOLDER --cases FILE     texts of yours

Four things are tried on the sample course (`bench/model_abilities.tsv`): hints reworded, definitions written instead of
quoted, an answer from several whole passages instead of selected sentences of one, and an answer to a prompt that
describes the learner or contains a related exchange. Answers to questions are scored by the words that they must
contain; hints and definitions are for people to read. The last line is one JSON object. A quarter of an hour for the
standard model on two cores.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.retrieval_corpora import commit, hardware
from knowledge.documents import SearchResult
from knowledge.languages import detect_language
from tutor.chat.answer_generation import AnswerGenerator
from tutor.chat.planner import TurnPlan
from tutor.chat.prompt_builder import TOP_K, PromptBuilder
from tutor.chat.turn import ChatService
from tutor.courses.sample_course import SAMPLE_DIR
from tutor.domain import Course, Finished, Person, Role, Turn
from tutor.engine.base import Engine, GenerationRequest, Message, text_of
from tutor.engine.local import LocalEngine
from tutor.engine.model_files import resolve_model_files
from tutor.platform.settings import Settings
from tutor.services import Services, open_services

CASES = Path(__file__).with_suffix(".tsv")
WHOLE_PASSAGES = 3
ANSWER_TOKENS = 120
LEARNER = {
    "en": 'About the learner, as far as known:\nLevel: beginner. Interested in: "football". '
    "Still learning: The Calvin cycle. Fit the explanation to this; do not mention it.",
    "zh": "已知的学生情况：\n水平：初学者。感兴趣：“足球”。还在学：卡尔文循环。讲解时适应这些情况，但不要提到它们。",
}
EXAMPLE = {
    "en": ("What do roots do?", "Think of roots as straws: they drink water and pass it up to the leaves."),
    "zh": ("根有什么用？", "把根想成吸管：它们吸水，再把水送到叶子。"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the file: what is tried, the learner's message, and the next one or the words that an answer needs."""

    kind: str  # hint | definition | question
    text: str
    rest: tuple[str, ...]

    @property
    def language(self) -> str:
        return detect_language(self.text, "en")


@dataclass(frozen=True, slots=True)
class Trial:
    """The chat of the tutor, one learner, and the model that is tried."""

    chat: ChatService
    actor: Person
    course: Course
    engine: Engine
    plans: list[TurnPlan]

    @property
    def prompts(self) -> PromptBuilder:
        return self.chat.prompt_builder

    def ask(self, text: str, conversation_id: str | None = None) -> Turn:
        *_, finished = self.chat.ask(self.actor, self.course.id, text, conversation_id=conversation_id)
        assert isinstance(finished, Finished)
        return finished.turn

    def say(self, messages: Sequence[Message]) -> tuple[str, float]:
        """Return the model's greedy answer and its seconds."""
        started = time.perf_counter()
        request = GenerationRequest(tuple(messages), "bench", max_tokens=ANSWER_TOKENS, time_limit_s=600)
        return text_of(self.engine.stream(request)).strip(), round(time.perf_counter() - started, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="standard")
    parser.add_argument("--course", type=Path, default=SAMPLE_DIR, help="folder of documents")
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--data-dir", type=Path, default=Path("var"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    engine = LocalEngine.open(resolve_model_files(options.model, options.data_dir, check_memory=False))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), sample_course=False, embedder="bundled")
        services = open_services(settings, engine=engine)
        try:
            trial = _open_trial(services, engine, options.course)
            found = [_show(row) for case in read_cases(options.cases) for row in TRIES[case.kind](trial, case)]
        finally:
            services.close()
    info = engine.info()
    result = {"model": info.model, "kernel": info.kernel, "hardware": hardware(), "commit": commit()}
    result |= {"right": count_right(found), "rows": found}
    if options.out:
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False))


def read_cases(file: Path) -> list[Case]:
    lines = [line.split("\t") for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [Case(kind, text, tuple(rest)) for kind, text, *rest in lines]


def count_right(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return for each variant how many of its answers contain all the words that they must."""
    variants = {row["variant"]: [one for one in rows if one["variant"] == row["variant"]] for row in rows}
    return {
        name: f"{sum(row['right'] for row in of_variant)} of {len(of_variant)}"
        for name, of_variant in variants.items()
        if "right" in of_variant[0]
    }


def try_hint(trial: Trial, case: Case) -> Iterator[dict[str, Any]]:
    """Yield each hint of the ladder beside the model's wording of it."""
    conversation = None
    for message in (case.text, *case.rest):
        trial.plans.clear()
        turn = trial.ask(message, conversation)
        conversation = turn.conversation_id
        plan = trial.plans[-1] if trial.plans else None
        if plan is None or not plan.is_rewritable_hint or plan.reply is None:
            continue
        prompt = trial.prompts.build_hint_prompt(plan.exercise, plan.reply.text, message, case.language)
        draft, seconds = trial.say(prompt)
        yield {"variant": "hint", "message": message, "without_model": plan.reply.text} | {
            "model": draft,
            "leaks": plan.leaks(draft),
            "s": seconds,
        }


def try_definition(trial: Trial, case: Case) -> Iterator[dict[str, Any]]:
    """Yield the course's own sentence beside the model's definition."""
    trial.plans.clear()
    turn = trial.ask(case.text)
    is_defined = bool(trial.plans) and trial.plans[-1].has_definition
    draft, seconds = trial.say(_answer_prompt(trial.prompts, trial, case))
    yield {"variant": "definition", "message": case.text, "without_model": turn.answer if is_defined else ""} | {
        "model": draft,
        "s": seconds,
    }


def try_question(trial: Trial, case: Case) -> Iterator[dict[str, Any]]:
    """Yield the answers from selected sentences and from whole passages, with a learner and with an example."""
    whole = trial.prompts.settings.model_copy(update={"passages_per_prompt": WHOLE_PASSAGES})
    described = replace(trial.prompts, describe_learner=lambda *_: LEARNER[case.language])
    prompts: dict[str, Callable[[], tuple[Message, ...]]] = {
        "selected sentences": lambda: _answer_prompt(trial.prompts, trial, case),
        "whole passages": lambda: _answer_prompt(replace(trial.prompts, settings=whole), trial, case),
        "learner described": lambda: _with_learner(_answer_prompt(described, trial, case), LEARNER[case.language]),
        "related example": lambda: _answer_prompt(trial.prompts, trial, case, [EXAMPLE[case.language]]),
    }
    for variant, build in prompts.items():
        draft, seconds = trial.say(build())
        right = all(any(one.lower() in draft.lower() for one in wanted.split("|")) for wanted in case.rest)
        yield {"variant": variant, "message": case.text, "right": right, "model": draft, "s": seconds}


def _answer_prompt(
    prompts: PromptBuilder, trial: Trial, case: Case, history: Sequence[tuple[str, str]] = ()
) -> tuple[Message, ...]:
    found: SearchResult = trial.chat.library.search(trial.course.id, case.text, TOP_K)
    return prompts.build_answer_prompt(trial.actor.id, trial.course.id, case.text, found, case.language, history)[0]


def _with_learner(messages: tuple[Message, ...], block: str) -> tuple[Message, ...]:
    """Return the messages with the learner described, also where the prompt builder leaves that out."""
    system, *rest = messages
    content = system.content if block in system.content else f"{system.content}\n\n{block}"
    return (replace(system, content=content), *rest)


def _open_trial(services: Services, engine: Engine, folder: Path) -> Trial:
    teacher = services.accounts.create_account("bench-teacher", Role.INSTRUCTOR)
    course = services.courses.create(teacher, "Course", course_id="bench", open_to_all=True)
    for file in sorted(folder.glob("*.md")):
        services.documents.ingest(teacher, course.id, file.name, file.read_bytes())
    actor = services.accounts.create_account("bench-learner", Role.LEARNER)
    plans: list[TurnPlan] = []

    class PlanKeeper(AnswerGenerator):
        """Keeps the plan of each turn, and lets no model word a reply that the plan has."""

        __slots__ = ()

        def prefers_model(self, plan: TurnPlan, turn: Turn) -> bool:
            plans.append(plan)
            return False

    generator = services.chat.generator
    kept = PlanKeeper(**{name: getattr(generator, name) for name in generator.__dataclass_fields__})
    chat = replace(services.chat, generator=kept)
    return Trial(chat, actor, services.courses.authorize(actor, course.id), engine, plans)


def _show(row: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row


TRIES: dict[str, Callable[[Trial, Case], Iterator[dict[str, Any]]]] = {
    "hint": try_hint,
    "definition": try_definition,
    "question": try_question,
}

if __name__ == "__main__":
    main()
