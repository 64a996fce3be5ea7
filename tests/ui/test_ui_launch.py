"""How the pages are launched: no switch is left to Gradio's defaults, and half-received files stay in the house."""

from __future__ import annotations

import os
import stat

import pytest

from tutor.services import House
from tutor.ui.pages import build_pages, launch_arguments


def test_every_switch_that_gradio_would_read_from_the_environment_is_set(house: House):
    arguments = launch_arguments(house)
    off = ("share", "show_error", "enable_monitoring", "run_history", "mcp_server", "ssr_mode", "pwa", "inbrowser")
    assert {name: arguments[name] for name in off} == dict.fromkeys(off, False)
    assert arguments["allowed_paths"] == [] and arguments["footer_links"] == []
    assert "auth" not in arguments
    assert arguments["app_kwargs"]["docs_url"] is None and arguments["app_kwargs"]["openapi_url"] is None


def test_what_the_house_keeps_is_blocked_from_being_served(house: House):
    blocked = launch_arguments(house)["blocked_paths"]
    kept = [path for path in house.office.root.path.iterdir() if path.name not in ("uploads", "server.lock")]
    loose = [path.name for path in kept if str(path) not in blocked and not path.name.startswith("tutor.sqlite-")]
    assert loose == []


def test_half_received_files_lie_in_a_private_folder_that_each_start_empties(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GRADIO_TEMP_DIR", "elsewhere")
    folder = house.office.root.path / "uploads"
    folder.mkdir()
    (folder / "left by a crash").write_bytes(b"x")
    build_pages(house)
    assert os.environ["GRADIO_TEMP_DIR"] == str(folder)
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
