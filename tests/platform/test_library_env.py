"""Nothing leaves the machine: a variable that would share what learners write keeps the tutor from starting."""

from __future__ import annotations

import os

import pytest

from tutor.cli import run
from tutor.errors import SetupError
from tutor.platform import library_env


@pytest.mark.parametrize("name", library_env.FORBIDDEN_VARIABLES)
def test_tracing_variables_that_share_learner_text_refuse_startup(name, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SetupError, match=name):
        library_env.configure_libraries()
    assert run(["users", "list", "--data-dir", str(tmp_path)], serve=lambda _settings: None) == 1
    assert name in capsys.readouterr().err


def test_telemetry_is_off_unless_the_operator_sets_it(monkeypatch):
    for name in library_env.LIBRARY_DEFAULTS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRANSFORMERS_VERBOSITY", "info")
    library_env.configure_libraries()
    assert os.environ["HF_HUB_DISABLE_TELEMETRY"] == "1" and os.environ["LANGSMITH_TRACING"] == "false"
    assert os.environ["TRANSFORMERS_VERBOSITY"] == "info"
