"""The standard model, downloaded once into the virtual environment: asked in both languages, corrected, trained."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import Tutor

from knowledge.languages import detect_language

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1800)]

LIGHT = "What happens in the light reactions?"


@pytest.fixture(scope="module")
def tutor(tmp_path_factory: pytest.TempPathFactory) -> Tutor:
    opened = Tutor(tmp_path_factory.mktemp("standard") / "var", "auto")
    opened.json("users", "add", "ada")
    return opened


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Explain how the Calvin cycle depends on the light reactions.", ("ATP", "NADPH")),
        ("光反应产生什么？", ("ATP", "NADPH", "氧")),
    ],
)
def test_the_standard_model_answers_in_the_language_of_the_question(
    tutor: Tutor, question: str, facts: tuple[str, ...]
):
    answer = tutor.ask("ada", question)
    assert answer["model"] == "Qwen2.5-Coder-1.5B-Instruct" and answer["quantization"] == "q4_k_m"
    assert all(fact in answer["answer"] for fact in facts), answer["answer"]
    assert answer["citations"]


def test_a_chinese_question_about_an_english_text_is_answered_in_chinese_and_cites_the_english(tutor: Tutor):
    answer = tutor.ask("ada", "什么是方程的解？")
    assert detect_language(answer["answer"], "en") == "zh" and "解" in answer["answer"]
    assert answer["citations"] and all("equation" in one["quote"] for one in answer["citations"])


def test_doctor_names_the_model_its_weights_and_the_kernel(tutor: Tutor):
    findings: list[dict[str, Any]] = tutor.json("doctor")
    assert all(finding["well"] for finding in findings), findings
    assert any("Qwen2.5-Coder-1.5B-Instruct in q4_k_m on cpu, kernel int" in str(finding) for finding in findings)
