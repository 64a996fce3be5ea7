"""A setting that cannot be used is named in one line, without what was set."""

from __future__ import annotations

import pytest

from tutor.cli import run


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("TUTOR_PORT", "secret", "valid integer"),
        ("TUTOR_PORT", "70000", "less than or equal to 65535"),
        ("TUTOR_ENGINE_PARAMETERS_B", "inf", "less than or equal to 100000"),
        ("TUTOR_ENGINE_PARAMETERS_B", "7000000000", "less than or equal to 100000"),
        ("TUTOR_BANK_DTYPE", "fp8", "'fp32' or 'bf16'"),
    ],
)
def test_a_wrong_setting_ends_with_one_line_that_names_it(
    name: str, value: str, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv(name, value)
    assert run(["serve"], serve=lambda _settings: None) == 1
    said = capsys.readouterr().err
    assert name in said and reason in said and value not in said and said.count("\n") == 1
