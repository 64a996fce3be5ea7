"""The tutor's server: open the house, launch its pages. `python app.py`, `python -m tutor serve`, or a Gradio Space."""

from __future__ import annotations

import signal
import sys

from tutor.cli import run
from tutor.errors import SetupError
from tutor.platform.data_dir import open_data_root
from tutor.platform.settings import Settings
from tutor.services import House, open_house


def main(settings: Settings) -> None:
    """Serve until the process is told to stop. The model warms up behind the pages."""
    with open_data_root(settings.data_dir).serving():
        house = open_house(settings)
        try:
            house.engine.info()  # asked about, the model begins to load
            house.take_up()
            house.furnish(wait=False)
            _greet(house)
            _launch(house)
        finally:
            house.close()


def _launch(house: House) -> None:
    from tutor.ui.pages import build_pages, launch_arguments

    demo = build_pages(house)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped container closes its doors as after Ctrl+C
    try:
        demo.launch(**launch_arguments(house))
    except OSError as error:
        settings = house.settings
        raise SetupError(
            f"cannot listen on {settings.host}:{settings.port} ({error}); choose another --port"
        ) from error


def _greet(house: House) -> None:
    """Say where the pages are and, at the very first start, how the instructor gets in."""
    sys.stdout.write(f"The tutor is at {house.settings.url}\n")
    if link := house.first_link():
        sys.stdout.write(f"Instructor, sign in once with {link}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(["serve", *sys.argv[1:]], main))
