"""The tutor's server: open the house, launch its pages. `python app.py`, `python -m tutor serve`, or a Gradio Space."""

from __future__ import annotations

import signal
import sys

from tutor.cli import run
from tutor.errors import SetupError
from tutor.platform.data_dir import open_data_dir
from tutor.platform.settings import Settings
from tutor.services import Services, open_services


def main(settings: Settings) -> None:
    """Serve until the process is told to stop. The model warms up behind the pages."""
    with open_data_dir(settings.data_dir).server_lock():
        services = open_services(settings)
        try:
            services.engine.info()  # asked about, the model begins to load
            services.recover_interrupted_work()
            services.seed_sample_course(wait=False)
            _print_welcome(services)
            _launch(services)
        finally:
            services.close()


def _launch(services: Services) -> None:
    from tutor.ui.pages import build_pages, launch_arguments

    demo = build_pages(services)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stopped container closes its doors as after Ctrl+C
    try:
        demo.launch(**launch_arguments(services))
    except OSError as error:
        settings = services.settings
        raise SetupError(
            f"cannot listen on {settings.host}:{settings.port} ({error}); choose another --port"
        ) from error


def _print_welcome(services: Services) -> None:
    """Say where the pages are and, at the very first start, how the instructor gets in."""
    sys.stdout.write(f"The tutor is at {services.settings.url}\n")
    if link := services.bootstrap_instructor_link():
        sys.stdout.write(f"Instructor, sign in once with {link}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(["serve", *sys.argv[1:]], main))
