"""The tutor's web server: `python app.py`, `python -m tutor serve`, or a Gradio Space."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress

from tutor.cli import run
from tutor.errors import SetupError
from tutor.platform.core_dumps import forbid_core_dumps
from tutor.platform.daily import DailyWork
from tutor.platform.data_dir import open_data_dir
from tutor.platform.settings import Settings
from tutor.services import Services, open_services


def main(settings: Settings) -> None:
    """Serve until the process is stopped. The model loads in the background."""
    forbid_core_dumps()
    _print_line("The tutor is starting; its address follows in a moment.")
    with open_data_dir(settings.data_dir).server_lock():
        services = open_services(settings)
        daily = DailyWork(services.rights.retention.run)
        try:
            services.engine.info()  # starts loading the model
            services.recover_interrupted_work()
            services.seed_sample_course(wait=False)
            daily.start()
            _serve(services)
        finally:
            daily.stop()
            services.close()


def _serve(services: Services) -> None:
    """Listen, then print the links, so that whoever opens one at once reaches the tutor."""
    from tutor.ui.pages import build_pages, launch_arguments

    pages = build_pages(services)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop a container as after Ctrl+C
    try:
        pages.launch(**launch_arguments(services), prevent_thread_lock=True)
    except OSError as error:
        settings = services.settings
        raise SetupError(
            f"cannot listen on {settings.host}:{settings.port} ({error}); choose another --port"
        ) from error
    _print_welcome(services)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    pages.close(verbose=False)


def _print_welcome(services: Services) -> None:
    """Print the address and, at the first start, the instructor's sign-in link."""
    _print_line(f"The tutor is at {services.settings.url}")
    if link := services.bootstrap_instructor_link():
        _print_line(f"Instructor, sign in once with {link}")


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(run(["serve", *sys.argv[1:]], main))
