"""The pages of one house as a Gradio app, and how it is launched: every switch that matters is set here, by name."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from tutor.errors import SetupError
from tutor.house import House
from tutor.ui import instructor, student
from tutor.ui.gate import Gate
from tutor.ui.texts import I18N
from tutor.ui.words import say

ASSETS = Path(__file__).parent / "assets"
FORBIDDEN_ENVIRONMENT = (  # each would open what launch_arguments closes
    "GRADIO_SHARE",
    "GRADIO_ALLOWED_PATHS",
    "GRADIO_MCP_SERVER",
    "GRADIO_RUN_HISTORY",
    "GRADIO_HISTORY_BUCKET",
    "GRADIO_LOCAL_DEV_MODE",
    "GRADIO_VIBE_MODE",
    "GRADIO_WATCH_DIRS",
    "GRADIO_DEBUG",
    "GRADIO_PROFILING",
    "GRADIO_NUM_WORKERS",
)
EXTRA_THREADS = 40  # for the short events beside the answers


def build_pages(house: House) -> gr.Blocks:
    """Return the student's page at / and the instructor's at /teach."""
    title = say(house.settings.language, "title")
    with gr.Blocks(
        title=title, fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=(600, 3600)
    ) as pages:
        student.build(house, pages)
    with pages.route(say(house.settings.language, "teach"), "/teach", show_in_navbar=False) as teach:
        instructor.build(house, teach)
    pages.queue(max_size=4 * house.settings.queue_size, api_open=False, default_concurrency_limit=8)
    return pages


def launch_arguments(house: House) -> dict[str, Any]:
    """Return what `launch` is called with; a test reads the running app back against it."""
    refuse_environment(os.environ)
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
        "blocked_paths": [str(house.settings.data_dir.resolve())],
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
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return f"<style>{style}</style><script>{script}</script>"


def refuse_environment(environment: Any) -> None:
    """Raise when the environment would open what is closed here."""
    found = [name for name in FORBIDDEN_ENVIRONMENT if environment.get(name)]
    if found:
        raise SetupError(f"{', '.join(found)} would open doors that this server keeps shut; unset it and start again")


def quieten() -> None:
    """Keep requests out of the log: their addresses may name people's conversations."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
