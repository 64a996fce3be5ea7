"""Answers of other systems are imported once, marked as imported; invalid ones are refused with a reason."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tutor.store.evidence as evidence_store
from tutor.domain import Outcome, Skill
from tutor.errors import InputRefused, NotAllowed
from tutor.learner.evidence import AnswerOrigin
from tutor.learner.xapi_reader import parse_statements
from tutor.progress.evidence_log import GradedAnswer
from tutor.progress.xapi_import import XAPI_JUDGE, parse_roster
from tutor.ui import class_html


def statement(n: int = 1, *, actor: object = None, verb: str = "answered", result: object = None, **rest) -> dict:
    return {
        "id": f"00000000-0000-4000-8000-{n:012d}",
        "actor": {"mbox": "mailto:ada@uni.example"} if actor is None else actor,
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": f"https://lms.example/quiz/{n}"},
        "result": {"success": True} if result is None else result,
        "timestamp": "2026-11-20T09:00:00Z",
        **rest,
    }


def as_file(*statements: object) -> bytes:
    return json.dumps(list(statements)).encode()


def voiding_statement(target: str, n: int = 9) -> dict:
    return statement(n, verb="voided", object={"objectType": "StatementRef", "id": target})


@pytest.fixture
def import_statements(services, course, instructor):
    services.courses.declare_skills(instructor, course.id, [Skill("light", course.id, "Light")])
    return lambda data, roster=None, actor=instructor: services.xapi_import.import_statements(
        actor, course.id, data, roster or {}
    )


ROSTER = {"ada@uni.example": "ada"}


def events(services, learner_id: str):
    with services.database.read_connection() as connection:
        return [event for _, event in evidence_store.events(connection, "biology", learner_id)]


def test_a_minimal_statement_becomes_evidence_marked_as_imported(services, ada, import_statements):
    assert import_statements(as_file(statement()), ROSTER).imported == 1
    (event,) = events(services, ada.id)
    assert (event.judge, event.origin, event.outcome) == (XAPI_JUDGE, AnswerOrigin.IMPORTED, Outcome.RIGHT)
    assert event.item_id == "https://lms.example/quiz/1" and event.at.isoformat() == "2026-11-20T09:00:00+00:00"
    assert services.progress.own_overview(ada, "biology").total.answers == 1


def test_the_same_statement_is_imported_once(services, ada, import_statements):
    import_statements(as_file(statement(1)), ROSTER)
    again = import_statements(as_file(statement(1), statement(2), statement(2)), ROSTER)
    assert (again.imported, again.duplicates) == (1, 2) and len(events(services, ada.id)) == 2


def test_own_exports_are_recognised_on_import(services, ada, instructor, import_statements):
    services.evidence_log.record(ada, GradedAnswer("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    own = json.dumps(services.reports.own_xapi_statements(ada, "biology")).encode()
    assert (import_statements(own).imported, import_statements(own).duplicates) == (0, 1)


def test_exports_of_another_deployment_keep_skill_help_and_partial_credit(services, ada, import_statements):
    home = "https://other.example"
    partial = statement(result={"success": False, "score": {"scaled": 0.5}})
    partial["context"] = {"extensions": {f"{home}/xapi/skills": [{"id": "light"}], f"{home}/xapi/hints": 2}}
    import_statements(as_file(partial), ROSTER)
    (event,) = events(services, ada.id)
    assert event.skills == ("light",) and event.outcome is Outcome.PARTIAL and event.aided and event.hints == 2


@pytest.mark.parametrize(
    ("result", "verb", "outcome"),
    [
        ({"score": {"raw": 3, "max": 3}}, "answered", Outcome.RIGHT),
        ({"score": {"scaled": 0.4}}, "answered", Outcome.PARTIAL),
        ({"score": {"scaled": 0}}, "answered", Outcome.WRONG),
        ({}, "passed", Outcome.RIGHT),
        ({}, "failed", Outcome.WRONG),
    ],
)
def test_scores_and_verbs_determine_the_outcome(services, ada, import_statements, result, verb, outcome):
    import_statements(as_file(statement(result=result, verb=verb)), ROSTER)
    assert events(services, ada.id)[0].outcome is outcome


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (statement(verb="launched"), "launched"),
        (statement(result={}), "it is not graded"),
        (statement(timestamp="yesterday"), "not an ISO 8601 time"),
        (statement(timestamp="2026-11-20T09:00:00"), "no time zone"),
        (statement(timestamp="2031-01-01T00:00:00Z"), "in the future"),
        (statement(actor={"mbox": "mailto:eve@uni.example"}), "not a learner here"),
        (statement(actor={"name": "teacher"}), "not a learner here"),
        (statement(actor={}), "has no actor"),
        (statement(id=""), "has no id"),
        (statement(object={"id": "x" * 400}), "characters"),
        ("hello", "not a statement"),
    ],
)
def test_a_refused_statement_has_a_reason_and_does_not_block_others(services, ada, import_statements, bad, reason):
    found = import_statements(as_file(bad, statement(2)), ROSTER)
    assert found.imported == 1 and [one.position for one in found.rejected] == [1]
    assert reason in found.rejected[0].reason
    for language in ("en", "zh"):
        assert "{" not in class_html.render_import_result(found, language)
    chinese = class_html.render_import_result(found, "zh")
    assert html.escape(found.rejected[0].reason) not in chinese and any(
        c >= "\u4e00" for c in chinese.split("<td>1<")[1]
    )


def test_a_refusal_reason_is_escaped_on_the_page(services, ada, import_statements):
    found = import_statements(as_file(statement(actor={"name": "<script>x</script>"})))
    assert "<script>" not in class_html.render_import_result(found, "en")


def test_statements_voided_in_the_same_file_are_skipped(services, ada, import_statements):
    void = voiding_statement(statement(1)["id"])
    found = import_statements(as_file(statement(1), statement(2), void), ROSTER)
    assert (found.imported, found.skipped_voided, found.rejected) == (1, 1, ())
    again = import_statements(as_file(statement(1)), ROSTER)
    assert (again.imported, again.skipped_voided) == (0, 1), "it is skipped again in a later file"


def test_statements_voided_earlier_are_skipped_on_import(services, ada, instructor, import_statements):
    """Systems send their statements in no order: the file with the void may be the first to arrive."""
    void = as_file(voiding_statement(statement(1)["id"]), voiding_statement("  "))
    assert import_statements(void).skipped_voided == 0
    found = import_statements(as_file(statement(1), statement(2)), ROSTER)
    assert (found.imported, found.skipped_voided, found.retracted, found.rejected) == (1, 1, 0, ())
    assert services.progress.own_overview(ada, "biology").total.answers == 1
    other = services.courses.create(instructor, "Physics", course_id="physics", open_to_all=True)
    services.courses.enrol(instructor, other.id, ada)
    elsewhere = services.xapi_import.import_statements(instructor, other.id, as_file(statement(1)), ROSTER)
    assert elsewhere.imported == 1, "a void counts in one course only"
    assert "原系统已将其撤回" in class_html.render_import_result(found, "zh")


def test_a_voided_invalid_statement_is_not_reported(import_statements):
    bad = statement(1, result={})
    assert import_statements(as_file(bad, voiding_statement(bad["id"]))).rejected == ()


def test_a_later_file_voids_earlier_imports(services, ada, instructor, import_statements):
    import_statements(as_file(statement(1), statement(2)), ROSTER)
    own = services.evidence_log.record(ada, GradedAnswer("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    voids = [
        voiding_statement(target, n)
        for n, target in ((8, statement(1)["id"]), (9, own.grade_id), (10, statement(77)["id"]))
    ]
    found = import_statements(as_file(*voids), ROSTER)
    assert (found.imported, found.retracted, found.rejected) == (0, 1, ())
    assert services.progress.own_overview(ada, "biology").total.answers == 2
    assert import_statements(as_file(statement(1)), ROSTER).duplicates == 1, "a voided statement is not imported again"
    assert import_statements(as_file(*voids), ROSTER).retracted == 0
    assert "撤回了先前文件中的 1 次作答" in class_html.render_import_result(found, "zh")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"3", b"[" * 100_000, b'{"statements": 1}'])
def test_a_non_xapi_file_is_refused(import_statements, data):
    with pytest.raises(InputRefused):
        import_statements(data)


names = st.sampled_from(["id", "actor", "verb", "object", "result", "score", "account", "context", "extensions"])
leaves = st.none() | st.booleans() | st.floats() | st.text(max_size=9)


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner)))
def test_no_json_crashes_the_xapi_reader(plain):
    found = parse_statements(json.dumps([plain, statement()]).encode(), datetime(2026, 11, 24, tzinfo=UTC))
    assert len(found.answers) >= 1 and all(one.reason for one in found.rejected)


def test_only_an_instructor_imports(services, ada, import_statements):
    with pytest.raises(NotAllowed):
        import_statements(as_file(statement()), ROSTER, ada)


def test_an_imported_older_answer_is_inserted_in_time_order(services, ada, instructor, import_statements, clock):
    clock.advance(timedelta(days=3))
    services.evidence_log.record(ada, GradedAnswer("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    services.progress.own_overview(ada, "biology")
    import_statements(as_file(statement()), ROSTER)
    step_by_step = services.progress.own_record(ada, "biology")
    services.progress.rebuild_records(instructor, "biology")
    assert len(step_by_step.activity.days) == 2
    assert services.progress.own_record(ada, "biology").activity == step_by_step.activity


def test_a_roster_is_parsed_line_by_line_and_bad_lines_are_named():
    assert parse_roster("mailto:a@b.c, ada\n\nBeth，bob\n") == {"a@b.c": "ada", "Beth": "bob"}
    with pytest.raises(InputRefused, match="line 2"):
        parse_roster("a, ada\njust a name\n")
