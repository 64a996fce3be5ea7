"""How the pages are launched: no option is left to Gradio, and partial uploads stay in the data directory."""

from __future__ import annotations

import os
import stat

import pytest

from tutor.services import Services
from tutor.ui.pages import build_pages, launch_arguments


def test_every_gradio_environment_option_is_set_explicitly(services: Services):
    arguments = launch_arguments(services)
    off = ("share", "show_error", "enable_monitoring", "run_history", "mcp_server", "ssr_mode", "pwa", "inbrowser")
    assert {name: arguments[name] for name in off} == dict.fromkeys(off, False)
    assert arguments["allowed_paths"] == [] and arguments["footer_links"] == []
    assert "auth" not in arguments
    assert arguments["app_kwargs"]["docs_url"] is None and arguments["app_kwargs"]["openapi_url"] is None


def test_the_data_dir_is_blocked_from_file_serving(services: Services):
    blocked = launch_arguments(services)["blocked_paths"]
    kept = [path for path in services.data_dir.path.iterdir() if path.name not in ("uploads", "server.lock")]
    loose = [path.name for path in kept if str(path) not in blocked and not path.name.startswith("tutor.sqlite-")]
    assert loose == []


def test_partial_uploads_are_kept_in_a_private_dir_emptied_at_start(
    services: Services, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GRADIO_TEMP_DIR", "elsewhere")
    folder = services.data_dir.path / "uploads"
    folder.mkdir()
    (folder / "left by a crash").write_bytes(b"x")
    build_pages(services)
    assert os.environ["GRADIO_TEMP_DIR"] == str(folder)
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
