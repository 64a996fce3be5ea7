"""Administration, scripting and monitoring on the command line: `python -m tutor VERB`.

Each verb is a function of (arguments, settings): it prints its result to stdout, progress and one line of error to
stderr, and returns the exit status. Only `serve` is implemented elsewhere (`app.main`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tutor.cli import ask, audit, corrections, keys, learner_records, library, retention, training, users
from tutor.cli.common import Command, one_line
from tutor.platform import library_env
from tutor.platform.settings import Settings, take_settings
from tutor.services import USER_FACING_ERRORS

_COMMAND_MODULES = (ask, library, training, corrections, users, keys, audit, retention, learner_records)


def run(arguments: Sequence[str], serve: Callable[[Settings], None]) -> int:
    """Run one verb and return its exit status: 0, 1 with one line on stderr, or 2 for wrong usage."""
    parsed = _build_parser().parse_args(arguments)
    chosen = {name: getattr(parsed, name) for name in ("data_dir", "host", "port") if hasattr(parsed, name)}
    try:
        library_env.configure_libraries()
        settings = take_settings(**chosen)
        if parsed.verb == "serve":
            serve(settings)
            return 0
        verb: Command = parsed.run
        return verb(parsed, settings)
    except USER_FACING_ERRORS as error:
        print(f"tutor: {one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tutor: stopped", file=sys.stderr)
        return 130


def _build_parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir",
        type=Path,
        default=argparse.SUPPRESS,
        help="folder of all data (default: TUTOR_DATA_DIR or ./var)",
    )
    parser = argparse.ArgumentParser(prog="python -m tutor", description=__doc__.split("\n")[0], parents=[common])
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(name: str, command: Command | None, description: str) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, help=description, description=description, parents=[common])
        verb.set_defaults(run=command)
        return verb

    serve = add("serve", None, "start the web server")
    serve.add_argument("--host", default=argparse.SUPPRESS)
    serve.add_argument("--port", type=int, default=argparse.SUPPRESS)

    for module in _COMMAND_MODULES:
        module.add_commands(add)
    return parser
