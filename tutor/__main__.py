"""Runs the command line: `python -m tutor <verb>`."""

from __future__ import annotations

import sys

from tutor.cli import run
from tutor.platform.settings import Settings


def _serve(settings: Settings) -> None:
    import app

    app.main(settings)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], _serve))
