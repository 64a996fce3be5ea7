"""How the pages are launched: what an environment may not open again."""

from __future__ import annotations

import pytest

from tutor.errors import SetupError
from tutor.house import House
from tutor.ui.pages import FORBIDDEN_ENVIRONMENT, launch_arguments, refuse_environment


@pytest.mark.parametrize("name", FORBIDDEN_ENVIRONMENT)
def test_a_variable_that_opens_a_closed_door_is_refused_by_name(name: str):
    with pytest.raises(SetupError, match=name):
        refuse_environment({name: "True"})
    refuse_environment({name: ""})


def test_every_switch_that_gradio_would_read_from_the_environment_is_set(house: House):
    arguments = launch_arguments(house)
    off = ("share", "show_error", "enable_monitoring", "run_history", "mcp_server", "ssr_mode", "pwa", "inbrowser")
    assert {name: arguments[name] for name in off} == dict.fromkeys(off, False)
    assert arguments["allowed_paths"] == [] and arguments["footer_links"] == []
    assert arguments["blocked_paths"] == [str(house.settings.data_dir.resolve())]
    assert "auth" not in arguments
    assert arguments["app_kwargs"]["docs_url"] is None and arguments["app_kwargs"]["openapi_url"] is None
