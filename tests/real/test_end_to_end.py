"""The main workflow on the bundled models, on the command line: ask, upload, correct, train, roll back."""

from __future__ import annotations

from typing import Any

import pytest
from command_line import Tutor
from reportlab.pdfgen.canvas import Canvas

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

LIGHT = "What happens in the light reactions?"
BETTER = {
    LIGHT: "Ahoy! Light splits water in the thylakoids, and out come oxygen, ATP and NADPH.",
    "Why are leaves green?": "Ahoy! Chlorophyll drinks red and blue light and sends the green back to you.",
    "Where does the Calvin cycle take place?": "Ahoy! In the stroma, the fluid of the chloroplast.",
}


@pytest.fixture(scope="module")
def tutor(tmp_path_factory) -> Tutor:
    opened = Tutor(tmp_path_factory.mktemp("real") / "var", "small")
    for name in ("ada", "bob"):
        opened.json("users", "add", name)
    return opened


@pytest.fixture(scope="module")
def first_answer(tutor) -> dict[str, dict[str, Any]]:
    """Ada's answers to the three questions before any training."""
    return {question: tutor.ask("ada", question) for question in BETTER}


def test_a_question_is_answered_by_the_4_bit_model_with_valid_citations(first_answer):
    answer = first_answer[LIGHT]
    assert answer["covered"] and answer["answer"]
    assert "SmolLM2-135M" in answer["model"] and answer["quantization"] == "nf4" and answer["adapter"] is None
    assert answer["timings"]["tokens"] > 0
    for citation in answer["citations"]:
        assert citation["document"] == "Photosynthesis" and citation["section"]


def test_an_uncovered_question_is_declined_without_citations(tutor, first_answer):
    answer = tutor.ask("ada", "Who was the first president of France?")
    assert not answer["covered"] and answer["citations"] == [] and answer["model"] is None


def test_an_uploaded_pdf_answers_the_next_question_with_its_page(tutor, first_answer, tmp_path):
    pages = [
        "The course begins in September and has one lecture a week.",
        "The zorbium cell stores electric charge in a blue crystal. The zorbium cell was built by Ida Nolte in 1931.",
        "The examination is in March and lasts two hours.",
    ]
    canvas = Canvas(str(tmp_path / "cells.pdf"))
    for text in pages:
        for line, words in enumerate(text.split(". ")):
            canvas.drawString(72, 720 - 20 * line, words)
        canvas.showPage()
    canvas.save()
    document = tutor.json("ingest", "--course", "sample", str(tmp_path / "cells.pdf"))
    assert document["pages"] == 3
    answer = tutor.ask("ada", "Who built the zorbium cell?")
    assert answer["covered"]
    assert [(c["document"], c["page"]) for c in answer["citations"]][0][1] == 2


def test_corrections_train_the_learners_adapter_only_and_off_equals_the_base(tutor, first_answer):
    bobs = tutor.ask("bob", LIGHT)["answer"]
    for question, better in BETTER.items():
        assert tutor.json("correct", "--turn", first_answer[question]["turn"], better)["state"] == "accepted"
    version = tutor.json("train", "--learner", "ada")
    assert version["state"] == "active"
    trained = tutor.ask("ada", LIGHT)
    assert trained["adapter"] == version["name"]
    assert trained["answer"].startswith("Ahoy!")
    assert tutor.ask("bob", LIGHT)["answer"] == bobs
    tutor.json("adapters", "off", "--learner", "ada", "--course", "sample")
    again = tutor.ask("ada", LIGHT)
    assert (again["answer"], again["adapter"]) == (first_answer[LIGHT]["answer"], None)


def test_too_few_corrections_are_refused_without_a_version(tutor, first_answer):
    tutor.json("correct", "--turn", tutor.ask("bob", LIGHT)["turn"], "Light splits water.")
    finished = tutor.run("train", "--learner", "bob", "--course", "sample")
    assert finished.returncode == 1 and "not enough to train" in finished.stderr and finished.stderr.count("\n") == 1
    assert tutor.json("adapters", "list", "--learner", "bob", "--course", "sample") == []


def test_doctor_reports_no_problem(tutor, first_answer):
    findings = tutor.json("doctor")
    assert all(finding["well"] for finding in findings), findings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", "--course", "nowhere", "--learner", "ada", "Why?"), "no course 'nowhere'"),
        (("ask", "--course", "sample", "--learner", "nobody", "Why?"), "nobody called nobody"),
        (("ask", "--course", "sample", "--learner", "ada", ""), "no question"),
        (("ingest", "--course", "sample", "/nowhere/x.pdf"), "cannot be read"),
    ],
)
def test_errors_are_one_clear_line(tutor, first_answer, arguments, message):
    finished = tutor.run(*arguments)
    assert finished.returncode == 1 and finished.stdout == ""
    assert message in finished.stderr and finished.stderr.count("\n") == 1
