"""The pages of one house as a Gradio app, and how it is launched: every switch that matters is set here, by name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from tutor.services import House
from tutor.ui import instructor_page, photo_input, student_page
from tutor.ui.auth_middleware import Gate
from tutor.ui.gradio_i18n import I18N
from tutor.ui.words import say

ASSETS = Path(__file__).parent / "assets"
STYLES = ("page.css", "cited.css", "progress.css")
EXTRA_THREADS = 40  # for the short events beside the answers


def build_pages(house: House) -> gr.Blocks:
    """Return the student's page at / and the instructor's at /teach."""
    _private_uploads(house)
    title = say(house.settings.language, "title")
    with gr.Blocks(
        title=title, fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=(600, 3600)
    ) as pages:
        student_page.build(house, pages)
    with pages.route(say(house.settings.language, "teach"), "/teach", show_in_navbar=False) as teach:
        instructor_page.build(house, teach)
    pages.queue(max_size=4 * house.settings.queue_size, api_open=False, default_concurrency_limit=8)
    return pages


def launch_arguments(house: House) -> dict[str, Any]:
    """Return what `launch` is called with; a test reads the running app back against it."""
    root = house.office.root
    return {
        "server_name": house.settings.host,
        "server_port": house.settings.port,
        "app_kwargs": {
            "middleware": [Middleware(Gate, house=house)],
            "docs_url": None,
            "redoc_url": None,
            "openapi_url": None,
        },
        "share": False,
        "show_error": False,
        "quiet": True,
        "inbrowser": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "ssr_mode": False,
        "pwa": False,
        "footer_links": [],
        "allowed_paths": [],
        "blocked_paths": [
            str(path) for path in (root.database, root.index, root.originals, root.adapters, root.models)
        ],
        "max_file_size": f"{house.settings.max_upload_mb}mb",
        "max_threads": house.settings.queue_size + EXTRA_THREADS,
        "state_session_capacity": 500,
        "strict_cors": True,
        "i18n": I18N,
        "theme": gr.themes.Default(primary_hue="blue", neutral_hue="slate", font=["system-ui", "sans-serif"]),
        "head": _head(),
    }


def _head() -> str:
    """Return our style and script; in the head they are taken as they are, `css=` would prefix every selector."""
    styles = "".join((ASSETS / name).read_text("utf-8") for name in STYLES)
    scripts = (ASSETS / "page.js").read_text("utf-8") + photo_input.script()
    return f"<style>{styles}</style><script>{scripts}</script>"


def _private_uploads(house: House) -> None:
    """Let Gradio keep half-received files in a folder of this house, emptied at each start, not in a shared /tmp."""
    folder = house.office.root.path / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)  # the only way that Gradio can be told
