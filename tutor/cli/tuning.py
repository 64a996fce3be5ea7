"""Training a learner's adapter and choosing which version answers."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from adapters.records import TrainingProgress
from tutor.cli.common import AddVerb, house_of, print_json
from tutor.errors import NotFound
from tutor.settings import Settings


def declare(add: AddVerb) -> None:
    train_verb = add("train", train, "train a learner's next adapter on her accepted corrections and switch it on")
    train_verb.add_argument("--learner", required=True, metavar="NAME")
    train_verb.add_argument("--course", metavar="ID", help="needed only when she has corrections in several courses")
    train_verb.add_argument("--json", action="store_true")

    adapter_verb = add("adapters", adapters, "list a learner's adapters, switch one on, or switch all off")
    adapter_verb.add_argument("action", choices=["list", "on", "off"])
    adapter_verb.add_argument("--learner", required=True, metavar="NAME")
    adapter_verb.add_argument("--course", required=True, metavar="ID")
    adapter_verb.add_argument("--version", type=int, help="for `on`: which version")
    adapter_verb.add_argument("--json", action="store_true")


def train(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train, check and switch on the learner's next adapter."""
    with house_of(settings) as house:
        learner = house.accounts.named(arguments.learner)
        course_id = arguments.course or house.training.course_with_corrections(learner.id)
        version = house.training.train(learner, learner.id, course_id, _say_progress)
    if arguments.json:
        print_json(asdict(version))
    else:
        print(f"{version.name} is {version.state.value}; {learner.name}'s next answers in {course_id} use it")
    return 0


def _say_progress(progress: TrainingProgress) -> None:
    loss = "" if progress.loss is None else f" loss {progress.loss:.3f}"
    print(f"{progress.stage} {progress.step}/{progress.steps}{loss}", file=sys.stderr, flush=True)


def adapters(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, switch on or switch off."""
    with house_of(settings) as house:
        learner = house.accounts.named(arguments.learner)
        course = house.courses.enter(learner, arguments.course)
        versions = house.versions.of(learner, learner.id, course.id)
        if arguments.action == "on":
            wanted = [v for v in versions if arguments.version in (None, v.version)]
            if not wanted:
                raise NotFound(f"{learner.name} has no adapter version {arguments.version or ''} in {course.id}")
            house.versions.promote(learner, wanted[0].id)
        elif arguments.action == "off":
            house.versions.switch_off(learner, learner.id, course.id)
        versions = house.versions.of(learner, learner.id, course.id)
    if arguments.json:
        print_json([asdict(version) for version in versions])
    else:
        for version in versions:
            print(f"{version.name}\t{version.state.value}\t{version.created_at:%Y-%m-%d %H:%M}")
    return 0
