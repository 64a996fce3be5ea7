"""Every language has the same messages with the same values."""

from __future__ import annotations

import importlib
import pkgutil
import string

import pytest

from tutor import locales
from tutor.locales import CATALOGS, DEFAULT, negotiate_language, t

ENGLISH_ONLY_VALUES = {"hint_number_of"}  # its value is a word of an English question
TRANSLATED = [language for language in CATALOGS if language != DEFAULT]


def messages(language: str) -> dict[str, dict[str, str]]:
    """The messages of a language by module."""
    folder = importlib.import_module(f"tutor.locales.{language}")
    names = [name for _, name, _ in pkgutil.iter_modules(folder.__path__)]
    return {name: importlib.import_module(f"{folder.__name__}.{name}").MESSAGES for name in names}


def placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_locales_have_the_same_keys_and_placeholders(language: str) -> None:
    """Modules that English lacks translate what has an English text in the code, such as errors."""
    english, translated = messages(DEFAULT), messages(language)
    assert english.keys() <= translated.keys()
    for module, expected in english.items():
        assert expected.keys() == translated[module].keys(), module
        for key, message in expected.items():
            if key not in ENGLISH_ONLY_VALUES:
                assert placeholders(message) == placeholders(translated[module][key]), key


def test_a_key_that_two_modules_define_is_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "qx").mkdir()
    for name in ("__init__", "one", "two"):
        (tmp_path / "qx" / f"{name}.py").write_text('MESSAGES = {"chat": "x"}\n', "utf-8")
    monkeypatch.setattr(locales, "__path__", [*locales.__path__, str(tmp_path)])
    with pytest.raises(locales.DuplicateMessage, match="chat"):
        locales.load_catalogs()


def test_counts_of_one_are_singular() -> None:
    one = t("en", "xapi_import_result", taken=1, known=0, refused=2)
    assert one == "1 answer imported, 0 already known, 2 refused."
    assert t("en", "report_class", learners="<5", day="today") == "<5 learners · today"
    assert t("zh", "xapi_import_result", taken=1, known=0, refused=2) == "导入 1 次作答，0 次已存在，2 次被拒绝。"


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("de-DE,de;q=0.9,en;q=0.5", "en"), ("fr", "en"), ("", "en"), ("zh", "zh")],
)
def test_the_first_supported_browser_language_is_used(header: str, language: str) -> None:
    assert negotiate_language(header) == language
