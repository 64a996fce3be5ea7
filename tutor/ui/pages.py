"""The pages as one Gradio app, and its launch arguments: every option that matters is set here by name."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from tutor.locales import t
from tutor.platform.data_dir import DataDir
from tutor.rights import backups, erased_ids
from tutor.sealing.master_key import KEY_FILE, NEXT_KEY_FILE
from tutor.services import Services
from tutor.ui import instructor_page, page_scripts, student_page
from tutor.ui.auth_middleware import AuthMiddleware
from tutor.ui.gradio_i18n import referenced_messages
from tutor.ui.theme import build_theme

EXTRA_THREADS = 40  # for short events while answers are running
MIN_COMPRESSED_BYTES = 4096


def build_pages(services: Services) -> gr.Blocks:
    """Return the student's page at / and the instructor's at /teach."""
    _prepare_upload_dir(services)
    title = t(services.settings.language, "title")
    with gr.Blocks(
        title=title, fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=(600, 3600)
    ) as pages:
        student_page.build(services, pages)
    with pages.route(t(services.settings.language, "teach"), "/teach", show_in_navbar=False) as teach:
        instructor_page.build(services, teach)
    pages.queue(max_size=4 * services.settings.queue_size, api_open=False, default_concurrency_limit=8)
    return pages


def launch_arguments(services: Services) -> dict[str, Any]:
    """Return the arguments of `launch`; call it after `build_pages`, which knows the messages that the pages need."""
    return {
        "server_name": services.settings.host,
        "server_port": services.settings.port,
        "app_kwargs": {
            "middleware": [
                Middleware(GZipMiddleware, minimum_size=MIN_COMPRESSED_BYTES, compresslevel=5),
                Middleware(AuthMiddleware, services=services),
            ],
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
        "blocked_paths": [str(path) for path in _private_paths(services.data_dir)],
        "max_file_size": f"{services.settings.max_upload_mb}mb",
        "max_threads": services.settings.queue_size + EXTRA_THREADS,
        "state_session_capacity": 500,
        "strict_cors": True,
        "i18n": referenced_messages(),
        "theme": build_theme(),
        "head": page_scripts.render_head(),
        "js": page_scripts.render_script(),
    }


def _prepare_upload_dir(services: Services) -> None:
    """Make Gradio store partial uploads in the data directory, emptied at each start, instead of a shared /tmp."""
    folder = services.data_dir.path / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)  # Gradio has no other option for it


def _private_paths(root: DataDir) -> list[Path]:
    """Return what Gradio may serve to nobody: all of the data folder but its folder of uploads in progress."""
    folders = (root.index_dir, root.originals_dir, root.adapters_dir, root.models_dir, root.path / backups.FOLDER)
    files = (KEY_FILE, NEXT_KEY_FILE, erased_ids.FILE_NAME)
    return [root.database_file, *folders, *(root.path / name for name in files)]
