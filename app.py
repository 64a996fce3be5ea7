"""The tutor's web server: `python app.py`, `python -m tutor serve`, or a Gradio Space."""

from __future__ import annotations

import signal
import sys

from tutor.cli import run
from tutor.errors import SetupError
from tutor.platform.data_dir import open_data_dir
from tutor.platform.settings import Settings
from tutor.services import Services, open_services


def main(settings: Settings) -> None:
    """Serve until the process is stopped. The model loads in the background."""
    with open_data_dir(settings.data_dir).server_lock():
        services = open_services(settings)
        try:
            services.engine.info()  # starts loading the model
            services.recover_interrupted_work()
            services.seed_sample_course(wait=False)
            _print_welcome(services)
            _launch(services)
        finally:
            services.close()


def _launch(services: Services) -> None:
    from tutor.ui.pages import build_pages, launch_arguments

    demo = build_pages(services)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop a container as after Ctrl+C
    try:
        demo.launch(**launch_arguments(services))
    except OSError as error:
        settings = services.settings
        raise SetupError(
            f"cannot listen on {settings.host}:{settings.port} ({error}); choose another --port"
        ) from error


def _print_welcome(services: Services) -> None:
    """Print the address and, at the first start, the instructor's sign-in link."""
    sys.stdout.write(f"The tutor is at {services.settings.url}\n")
    if link := services.bootstrap_instructor_link():
        sys.stdout.write(f"Instructor, sign in once with {link}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(["serve", *sys.argv[1:]], main))
