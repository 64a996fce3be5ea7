"""What another system tells is taken in once, under its own name, and whatever is wrong with it is said."""

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
from tutor.learner.evidence import Origin
from tutor.learner.xapi_reader import read_statements
from tutor.progress.evidence_log import Judged
from tutor.progress.xapi_import import JUDGE, read_roster
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


def sent(*statements: object) -> bytes:
    return json.dumps(list(statements)).encode()


def void_of(target: str, n: int = 9) -> dict:
    return statement(n, verb="voided", object={"objectType": "StatementRef", "id": target})


@pytest.fixture
def take_in(house, course, instructor):
    house.courses.declare_skills(instructor, course.id, [Skill("light", course.id, "Light")])
    return lambda data, roster=None, who=instructor: house.intake.take_in(who, course.id, data, roster or {})


ROSTER = {"ada@uni.example": "ada"}


def events(house, learner_id: str):
    with house.office.database.reading() as connection:
        return [event for _, event in evidence_store.events(connection, "biology", learner_id)]


def test_a_minimal_statement_becomes_evidence_that_is_marked_as_judged_elsewhere(house, ada, take_in):
    assert take_in(sent(statement()), ROSTER).taken == 1
    (event,) = events(house, ada.id)
    assert (event.judge, event.origin, event.outcome) == (JUDGE, Origin.IMPORTED, Outcome.RIGHT)
    assert event.item_id == "https://lms.example/quiz/1" and event.at.isoformat() == "2026-11-20T09:00:00+00:00"
    assert house.progress.of(ada, "biology").total.answers == 1


def test_the_same_statement_is_taken_in_once(house, ada, take_in):
    take_in(sent(statement(1)), ROSTER)
    again = take_in(sent(statement(1), statement(2), statement(2)), ROSTER)
    assert (again.taken, again.known) == (1, 2) and len(events(house, ada.id)) == 2


def test_what_this_house_exported_is_known_to_it(house, ada, instructor, take_in):
    house.evidence.record(ada, Judged("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    own = json.dumps(house.reports.own_statements(ada, "biology")).encode()
    assert (take_in(own).taken, take_in(own).known) == (0, 1)


def test_what_another_house_exported_keeps_skill_help_and_half_rights(house, ada, take_in):
    home = "https://other.example"
    told = statement(result={"success": False, "score": {"scaled": 0.5}})
    told["context"] = {"extensions": {f"{home}/xapi/skills": [{"id": "light"}], f"{home}/xapi/hints": 2}}
    take_in(sent(told), ROSTER)
    (event,) = events(house, ada.id)
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
def test_scores_and_verbs_tell_the_outcome(house, ada, take_in, result, verb, outcome):
    take_in(sent(statement(result=result, verb=verb)), ROSTER)
    assert events(house, ada.id)[0].outcome is outcome


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (statement(verb="launched"), "launched"),
        (statement(result={}), "nothing was judged"),
        (statement(timestamp="yesterday"), "no ISO 8601 time"),
        (statement(timestamp="2026-11-20T09:00:00"), "no time zone"),
        (statement(timestamp="2031-01-01T00:00:00Z"), "ahead of today"),
        (statement(actor={"mbox": "mailto:eve@uni.example"}), "no learner of this house"),
        (statement(actor={"name": "teacher"}), "no learner of this house"),
        (statement(actor={}), "has no actor"),
        (statement(id=""), "has no id"),
        (statement(object={"id": "x" * 400}), "characters"),
        ("hello", "no statement"),
    ],
)
def test_a_statement_that_is_refused_says_why_and_keeps_back_no_other(house, ada, take_in, bad, reason):
    found = take_in(sent(bad, statement(2)), ROSTER)
    assert found.taken == 1 and [one.place for one in found.refused] == [1]
    assert reason in found.refused[0].reason
    for language in ("en", "zh"):
        assert "{" not in class_html.taken_in(found, language)
    chinese = class_html.taken_in(found, "zh")
    assert html.escape(found.refused[0].reason) not in chinese and any(
        c >= "\u4e00" for c in chinese.split("<td>1<")[1]
    )


def test_a_reason_is_plain_text_on_the_page(house, ada, take_in):
    found = take_in(sent(statement(actor={"name": "<script>x</script>"})))
    assert "<script>" not in class_html.taken_in(found, "en")


def test_what_the_file_itself_takes_back_is_left_out(house, ada, take_in):
    void = void_of(statement(1)["id"])
    found = take_in(sent(statement(1), statement(2), void), ROSTER)
    assert (found.taken, found.left_out, found.refused) == (1, 1, ())
    again = take_in(sent(statement(1)), ROSTER)
    assert (again.taken, again.left_out) == (0, 1), "and stays out when it comes again"


def test_what_was_taken_back_before_it_came_is_left_out_when_it_comes(house, ada, instructor, take_in):
    """Systems send their statements in no order: the file with the void may be the first to arrive."""
    assert take_in(sent(void_of(statement(1)["id"]), void_of("  "))).left_out == 0
    found = take_in(sent(statement(1), statement(2)), ROSTER)
    assert (found.taken, found.left_out, found.taken_back, found.refused) == (1, 1, 0, ())
    assert house.progress.of(ada, "biology").total.answers == 1
    other = house.courses.create(instructor, "Physics", course_id="physics")
    house.courses.enrol(instructor, other.id, ada)
    told = house.intake.take_in(instructor, other.id, sent(statement(1)), ROSTER)
    assert told.taken == 1, "another course was told nothing"
    assert "已在来源处撤回" in class_html.taken_in(found, "zh")


def test_a_refused_statement_that_the_file_takes_back_is_not_complained_about(take_in):
    bad = statement(1, result={})
    assert take_in(sent(bad, void_of(bad["id"]))).refused == ()


def test_a_later_file_takes_back_what_an_earlier_one_brought(house, ada, instructor, take_in):
    take_in(sent(statement(1), statement(2)), ROSTER)
    own = house.evidence.record(ada, Judged("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    voids = [
        void_of(target, n) for n, target in ((8, statement(1)["id"]), (9, own.grade_id), (10, statement(77)["id"]))
    ]
    found = take_in(sent(*voids), ROSTER)
    assert (found.taken, found.taken_back, found.refused) == (0, 1, ())
    assert house.progress.of(ada, "biology").total.answers == 2
    assert take_in(sent(statement(1)), ROSTER).known == 1, "what was taken back stays out"
    assert take_in(sent(*voids), ROSTER).taken_back == 0
    assert "撤回先前导入的 1 条" in class_html.taken_in(found, "zh")


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[]", b"3", b"[" * 100_000, b'{"statements": 1}'])
def test_what_is_no_file_of_statements_is_refused_whole(take_in, data):
    with pytest.raises(InputRefused):
        take_in(data)


names = st.sampled_from(["id", "actor", "verb", "object", "result", "score", "account", "context", "extensions"])
leaves = st.none() | st.booleans() | st.floats() | st.text(max_size=9)


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner)))
def test_no_json_breaks_the_reading(plain):
    found = read_statements(json.dumps([plain, statement()]).encode(), datetime(2026, 11, 24, tzinfo=UTC))
    assert len(found.told) >= 1 and all(one.reason for one in found.refused)


def test_only_an_instructor_takes_in(house, ada, take_in):
    with pytest.raises(NotAllowed):
        take_in(sent(statement()), ROSTER, ada)


def test_an_answer_older_than_her_last_one_is_put_where_it_belongs(house, ada, instructor, take_in, clock):
    clock.pass_time(timedelta(days=3))
    house.evidence.record(ada, Judged("biology", "i1", ("light",), Outcome.RIGHT, "grader-1", "g1"))
    house.progress.of(ada, "biology")
    take_in(sent(statement()), ROSTER)
    step_by_step = house.progress.record(ada, "biology")
    house.progress.rebuild(instructor, "biology")
    assert len(step_by_step.diary.days) == 2
    assert house.progress.record(ada, "biology").diary == step_by_step.diary


def test_a_roster_is_read_line_by_line_and_a_bad_line_is_named():
    assert read_roster("mailto:a@b.c, ada\n\nBeth，bob\n") == {"a@b.c": "ada", "Beth": "bob"}
    with pytest.raises(InputRefused, match="line 2"):
        read_roster("a, ada\njust a name\n")
