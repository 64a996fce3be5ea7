"""The verbs `train`, `adapters`, `promote` and `rollback`, for a learner's adapter or the course's shared one."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from adapters.records import TrainingProgress
from tutor.cli.common import AddCommand, print_json, services_session
from tutor.domain import AdapterState, AdapterVersion, Person
from tutor.errors import NotFound
from tutor.platform.settings import Settings
from tutor.services import Services


def add_commands(add: AddCommand) -> None:
    train_verb = add("train", train, "train the next adapter of a learner or a course; the gate decides on its use")
    _add_owner_options(train_verb)
    train_verb.add_argument("--course", metavar="ID", help="needed only with corrections in several courses")
    train_verb.add_argument("--json", action="store_true")

    adapter_verb = add("adapters", adapters, "list adapters, switch one on or off, or delete one")
    adapter_verb.add_argument("action", choices=["list", "on", "off", "delete"])
    promote_verb = add("promote", promote, "activate a version that passed the gate (the latest, or --version)")
    rollback_verb = add("rollback", roll_back, "go back to the version before the active one, or to the base")
    for verb in (adapter_verb, promote_verb, rollback_verb):
        _add_owner_options(verb)
        verb.add_argument("--course", required=True, metavar="ID")
        verb.add_argument("--json", action="store_true")
    for verb in (adapter_verb, promote_verb):
        verb.add_argument("--version", type=int, help="number of the version (default: the latest usable one)")


def _add_owner_options(verb: argparse.ArgumentParser) -> None:
    owner = verb.add_mutually_exclusive_group(required=True)
    owner.add_argument("--learner", metavar="NAME")
    owner.add_argument("--shared", action="store_true", help="the course's adapter instead of a learner's")


def _resolve_actor_and_owner(services: Services, arguments: argparse.Namespace) -> tuple[Person, str | None]:
    """Return the actor and the owner: a learner for their own adapter, the operator and None for a course's."""
    if arguments.shared:
        return services.operator, None
    learner = services.accounts.get_by_name(arguments.learner)
    return learner, learner.id


def train(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train the next version; return 1 if the gate rejects it."""
    with services_session(settings) as services:
        actor, owner = _resolve_actor_and_owner(services, arguments)
        if owner is None and not arguments.course:
            raise NotFound("a shared adapter belongs to a course; name it with --course")
        course_id = arguments.course or services.training.course_with_corrections(actor.id)
        version = services.training.train(actor, owner, course_id, _print_progress)
    if arguments.json:
        print_json(asdict(version))
    elif version.state is not AdapterState.REJECTED:
        print(f"{version.name} is {version.state.value}; it is used from the next answer in {course_id}")
    if version.state is AdapterState.REJECTED:
        print(f"tutor: {version.name} was not promoted: {'; '.join(version.reasons)}", file=sys.stderr)
    return int(version.state is AdapterState.REJECTED)


def _print_progress(progress: TrainingProgress) -> None:
    loss = "" if progress.loss is None else f" loss {progress.loss:.3f}"
    print(f"{progress.stage} {progress.step}/{progress.steps}{loss}", file=sys.stderr, flush=True)


def adapters(arguments: argparse.Namespace, settings: Settings) -> int:
    """List, switch on, switch off or delete."""
    with services_session(settings) as services:
        actor, owner = _resolve_actor_and_owner(services, arguments)
        course = services.courses.authorize(actor, arguments.course)
        if arguments.action in ("on", "delete"):
            act = services.adapter_versions.promote if arguments.action == "on" else services.adapter_versions.delete
            act(actor, _select_version(services, actor, owner, arguments).id)
        elif arguments.action == "off":
            services.adapter_versions.switch_off(actor, owner, course.id)
        versions = services.adapter_versions.list_versions(actor, owner, course.id)
    _print_versions(versions, as_json=arguments.json)
    return 0


def promote(arguments: argparse.Namespace, settings: Settings) -> int:
    with services_session(settings) as services:
        actor, owner = _resolve_actor_and_owner(services, arguments)
        version = services.adapter_versions.promote(actor, _select_version(services, actor, owner, arguments).id)
    _print_versions([version], as_json=arguments.json)
    return 0


def roll_back(arguments: argparse.Namespace, settings: Settings) -> int:
    with services_session(settings) as services:
        actor, owner = _resolve_actor_and_owner(services, arguments)
        version = services.adapter_versions.roll_back(actor, owner, arguments.course)
    _print_versions([version] if version else [], as_json=arguments.json)
    if version is None:
        print("no earlier version can be used, so the base answers", file=sys.stderr)
    return 0


def _select_version(
    services: Services, actor: Person, owner: str | None, arguments: argparse.Namespace
) -> AdapterVersion:
    """Return the version asked for, or the latest that can be promoted."""
    versions = services.adapter_versions.list_versions(actor, owner, arguments.course)
    matching = [v for v in versions if v.version == arguments.version] if arguments.version else versions
    if not matching:
        raise NotFound(f"there is no adapter version {arguments.version or ''} of {actor.name} in {arguments.course}")
    return next((version for version in matching if services.adapter_versions.is_promotable(version)), matching[0])


def _print_versions(versions: list[AdapterVersion], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(version) for version in versions])
        return
    for version in versions:
        print(f"{version.name}\t{version.state.value}\t{version.created_at:%Y-%m-%d %H:%M}")
