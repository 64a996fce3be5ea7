"""Authorisation over HTTP: who gets in, what is denied, and that no learner reaches another's data."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from page_server import ANSWER, COVERED, instructor_link
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tutor.accounts.session_limits import SessionLimits
from tutor.domain import Finished, Person, Turn
from tutor.services import Services
from tutor.ui.auth_middleware import AuthMiddleware

Client = Callable[[], httpx.Client]

DENIED = (
    "/gradio_api/info",
    "/gradio_api/token",
    "/gradio_api/user",
    "/gradio_api/openapi.json",
    "/openapi.json",
    "/docs",
    "/redoc",
    "/gradio_api/runs",
    "/gradio_api/run-history/records",
    "/gradio_api/deep_link?session_hash=x",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=http://127.0.0.1:1/x",
    "/gradio_api/proxy=http://127.0.0.1:1/x",
    "/gradio_api/stream/a/b/c/playlist.m3u8",
    "/gradio_api/vibe-code",
    "/gradio_api/dev/reload",
    "/gradio_api/component_server",
    "/monitoring",
    "/monitoring/summary",
    "/login",
    "/manifest.json",
    "/pwa_icon",
    "/?deep_link=abc",
)
DENIED_POSTS = (
    "/gradio_api/call/ask",
    "/gradio_api/call/v2/ask",
    "/gradio_api/run/ask",
    "/gradio_api/api/predict",
    "/gradio_api/component_server",
    "/gradio_api/process_recording",
    "/gradio_api/run-history/connect",
    "/gradio_api/vibe-edit",
    "/gradio_api/upload",
    "/login",
)


def handler_index(services: Services, client: httpx.Client, name: str) -> int:
    """Return Gradio's index of the handler whose name starts like this, from the page's configuration."""
    config = client.get("/config").json()
    return next(d["id"] for d in config["dependencies"] if (d.get("api_name") or "").startswith(name))


def call(client: httpx.Client, index: int, data: list[object], session: str) -> list[object]:
    """Run a handler as the page does and return the content of its last message."""
    body = {"fn_index": index, "data": data, "session_hash": session, "event_data": None}
    joined = client.post("/gradio_api/queue/join", json=body)
    assert joined.status_code == 200, joined.text
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] == "process_completed":
                return [message["success"], message["output"]]
    raise AssertionError("the stream ended without a result")


def person_of(services: Services, client: httpx.Client) -> Person:
    person = services.accounts.person_for_session(client.cookies["tutor_session"])
    assert person is not None
    return person


def ask_question(services: Services, actor: Person) -> Turn:
    *_, last = services.chat.ask(actor, "biology", COVERED)
    assert isinstance(last, Finished)
    return last.turn


def test_health_is_public(new_visitor: Client):
    answer = new_visitor().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "model": "scripted",
        "quantization": "none",
        "kernel": "",
        "state": "ready",
        "detail": "",
        "embedder": "hashing-64",
        "embedder_state": "ready",
    }


def test_a_visitor_sees_a_localised_welcome_page_without_gradio(new_visitor: Client):
    english, chinese = new_visitor().get("/"), new_visitor().get("/", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert "Start as a guest" in english.text and "gradio" not in english.text.lower()
    assert "以访客身份开始" in chinese.text


def test_one_click_makes_a_guest_and_a_second_click_does_not_make_another(served_app: Services, new_visitor: Client):
    client, before = new_visitor(), len(served_app.accounts.list_people())
    first = client.post("/guest")
    assert (first.status_code, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    client.post("/guest")
    assert len(served_app.accounts.list_people()) == before + 1
    assert person_of(served_app, client).guest


def test_the_browser_keeps_its_cookie_as_long_as_a_session_may_last(served_app: Services):
    """A regression: it kept it for 180 days, so that a longer lifetime in the settings did nothing."""
    accounts = replace(served_app.accounts, limits=SessionLimits(learner_lifetime=timedelta(days=365)))
    pages = AuthMiddleware(Starlette(), replace(served_app, accounts=accounts))
    answer = TestClient(pages, "http://localhost", follow_redirects=False).post("/guest")
    assert f"Max-Age={365 * 24 * 3600};" in answer.headers["set-cookie"]


def test_over_tls_the_cookie_is_host_only_and_secure(new_visitor: Client):
    answer = new_visitor().post("/guest", headers={"x-forwarded-proto": "https"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tutor_session=") and "Secure" in cookie


def test_a_one_time_link_survives_a_preview_and_works_once(served_app: Services, new_visitor: Client):
    link = instructor_link(served_app, "mr-preview")
    preview, teacher, thief = new_visitor(), new_visitor(), new_visitor()
    assert preview.get(link).status_code == 200 and not preview.cookies
    token = link.split("token=")[1]
    assert teacher.post("/join", data={"token": token}).headers["location"] == "/teach"
    assert person_of(served_app, teacher).is_staff
    refused = thief.post("/join", data={"token": token})
    assert refused.status_code == 403 and "ask for a new one" in refused.text and not thief.cookies


def test_the_chosen_language_applies_to_every_page(served_app: Services, new_guest: Client, new_visitor: Client):
    client = new_guest()
    assert '("en")</script>' in client.get("/").text
    back = client.post("/language?next=https://elsewhere.example", data={"language": "zh"})
    assert (back.status_code, back.headers["location"]) == (303, "/")
    assert person_of(served_app, client).language == "zh"
    assert '("zh-CN")</script>' in client.get("/").text
    assert client.post("/language", data={"language": "xx; Path=/"}).status_code == 400
    assert person_of(served_app, client).language == "zh"
    before = served_app.accounts.list_people()
    assert new_visitor().post("/language", data={"language": "zh"}).headers["location"] == "/"
    assert served_app.accounts.list_people() == before


def test_signing_out_ends_the_session_on_the_server(served_app: Services, new_guest: Client):
    client = new_guest()
    token = client.cookies["tutor_session"]
    assert client.post("/logout").status_code == 303
    assert served_app.accounts.person_for_session(token) is None


@pytest.mark.parametrize("path", DENIED)
def test_unused_gradio_routes_are_denied(new_guest: Client, path: str):
    assert new_guest().get(path).status_code in (401, 403, 404)


@pytest.mark.parametrize("path", DENIED_POSTS)
def test_unused_gradio_actions_are_denied(new_guest: Client, path: str):
    assert new_guest().post(path, json={"session_hash": "s", "data": []}).status_code in (401, 403, 404)


@pytest.mark.parametrize("path", ["/config", "/gradio_api/queue/data?session_hash=s", "/gradio_api/heartbeat/s"])
def test_without_a_session_no_app_data_is_served(new_visitor: Client, path: str):
    assert new_visitor().get(path).status_code == 401


def test_websockets_are_refused(new_visitor: Client):
    headers = {"upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13"}
    assert new_visitor().get("/", headers=headers | {"sec-websocket-key": "x" * 24}).status_code in (400, 403, 404)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_cross_origin_requests_are_refused(new_guest: Client, origin: str, method: str):
    client = new_guest()
    for path in ("/config", "/guest", "/logout", "/gradio_api/queue/join", "/healthz"):
        answer = client.request(method, path, headers={"origin": origin})
        assert answer.status_code == 403
        assert "detail" in answer.json()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "169.254.169.254"])
def test_a_foreign_host_name_is_refused_and_told_our_address(served_app: Services, new_guest: Client, host: str):
    """A regression: a page of a name that was pointed to this server was served like our own."""
    client = new_guest()
    for path in ("/", "/config", "/healthz", "/join"):
        answer = client.get(path, headers={"host": host, "accept-language": "zh"})
        assert answer.status_code == 421 and served_app.settings.url in answer.text and "本导师" in answer.text


def test_a_foreign_host_is_not_our_origin_because_a_header_says_so(new_guest: Client):
    headers = {"origin": "https://evil.example", "x-forwarded-host": "evil.example"}
    assert new_guest().post("/logout", headers=headers).status_code == 403


def test_same_origin_requests_are_accepted(served_app: Services, new_guest: Client):
    headers = {"origin": served_app.settings.url, "sec-fetch-site": "same-origin"}
    assert new_guest().get("/config", headers=headers).status_code == 200


def test_a_page_names_its_own_scripts_and_allows_no_other_inline_one(new_guest: Client):
    client = new_guest()
    first, second = client.get("/"), client.get("/")
    policies = [re.search("script-src ([^;]*);", page.headers["content-security-policy"]) for page in (first, second)]
    sources = [policy.group(1) for policy in policies if policy]
    assert sources[0] != sources[1] and "unsafe-inline" not in sources[0]
    (nonce,) = re.findall(r"'nonce-([\w-]+)'", sources[0])
    opened = re.findall(
        r"<script\b[^>]*>", re.sub(r"(<script\b[^>]*>).*?</script>", r"\1", first.text, flags=re.DOTALL)
    )
    assert len(opened) > 4 and all(f"nonce={nonce}" in tag for tag in opened)


def test_every_response_has_security_headers(new_guest: Client, new_visitor: Client):
    for answer in (
        new_visitor().get("/"),
        new_guest().get("/"),
        new_guest().get("/nothing"),
        new_visitor().get("/healthz"),
    ):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


def test_what_a_page_reads_needs_no_queue_and_its_answers_do(served_app: Services, new_guest: Client):
    """A regression: events of the queue that a page fired while it opened were lost now and then."""
    client = new_guest()
    read = {"fn_index": handler_index(served_app, client, "load_page"), "data": [None, None], "session_hash": "reads"}
    assert client.post("/gradio_api/run/predict", json=read).status_code == 200
    ask = {"fn_index": handler_index(served_app, client, "ask"), "data": ["?", None, None], "session_hash": "reads"}
    assert client.post("/gradio_api/run/predict", json=ask).status_code == 404


def test_a_session_hash_belongs_to_who_used_it_first(new_guest: Client):
    alice, bob = new_guest(), new_guest()
    body = {"fn_index": 0, "data": [], "session_hash": "alices-session"}
    assert alice.post("/gradio_api/queue/join", json=body).status_code == 200
    assert bob.post("/gradio_api/queue/join", json=body).status_code == 403
    assert bob.post("/gradio_api/run/predict", json=body).status_code == 403
    assert bob.get("/gradio_api/queue/data", params={"session_hash": "alices-session"}).status_code == 403
    assert bob.get("/gradio_api/heartbeat/alices-session").status_code == 403
    cancel = {"session_hash": "alices-session", "fn_index": 0, "event_id": "x"}
    assert bob.post("/gradio_api/cancel", json=cancel).status_code == 403


def test_events_without_session_or_oversized_are_refused(new_guest: Client):
    client = new_guest()
    assert client.post("/gradio_api/queue/join", content=b"not json").status_code == 403
    assert client.post("/gradio_api/queue/join", json={"session_hash": ["x"]}).status_code == 403
    huge = json.dumps({"session_hash": "h", "data": ["x" * (5 * 2**20)]})
    assert client.post("/gradio_api/queue/join", content=huge).status_code == 413


def test_a_cited_passage_opens_for_its_reader_with_the_quote_highlighted(served_app: Services, new_guest: Client):
    client = new_guest()
    turn = ask_question(served_app, person_of(served_app, client))
    assert turn.answer.startswith(ANSWER.split(".")[0]) and turn.citations
    citation = turn.citations[0]
    query = {"in": turn.conversation_id, "turn": turn.id, "n": str(citation.number)}
    page = client.get(f"/passage/{citation.passage_id}", params=query)
    assert page.status_code == 200
    assert f"<mark>{citation.quote}</mark>" in page.text and "plants.md" in page.text


def test_another_learners_citations_are_private(served_app: Services, new_guest: Client):
    alice, bob = new_guest(), new_guest()
    turn = ask_question(served_app, person_of(served_app, alice))
    query = {"in": turn.conversation_id, "turn": turn.id, "n": "1"}
    page = bob.get(f"/passage/{turn.citations[0].passage_id}", params=query)
    assert page.status_code == 200 and "<mark>" not in page.text  # the course is open to bob, the answer is not


def test_passages_of_inaccessible_courses_are_denied(served_app: Services, new_guest: Client, new_visitor: Client):
    operator = served_app.operator
    course = served_app.courses.create(operator, "Secret", course_id="secret", open_to_all=False)
    served_app.documents.ingest(
        operator, course.id, "secret.md", b"# Secret\n\nThe exam asks about xylem and phloem this year.\n"
    )
    hidden = _first_passage_id(served_app)
    client = new_guest()
    assert client.get(f"/passage/{hidden}").status_code == 404
    assert "xylem" not in client.get(f"/passage/{hidden}").text
    assert client.get("/passage/nonsense").status_code == 404
    assert new_visitor().get(f"/passage/{hidden}").status_code == 401


def _first_passage_id(services: Services) -> str:
    return services.library.search("secret", "The exam asks about xylem and phloem this year.", 1).hits[0].passage.id


def test_handlers_use_the_session_identity_and_not_page_state(served_app: Services, new_guest: Client):
    alice, bob = new_guest(), new_guest()
    turn = ask_question(served_app, person_of(served_app, alice))
    index = handler_index(served_app, bob, "open")
    success, output = call(bob, index, [turn.conversation_id, "biology"], "bobs-own-session")
    assert not success
    assert "There is no such conversation" in output["error"]
    assert ANSWER not in json.dumps(output)
    success, output = call(alice, index, [turn.conversation_id, "biology"], "alices-own-session")
    assert success and "Chlorophyll" in json.dumps(output)


def test_learners_cannot_call_instructor_handlers(served_app: Services, new_guest: Client):
    client = new_guest()
    create = handler_index(served_app, client, "create")
    for named in (create, str(create), float(create), [create], None, True, 10_000):
        body = {"fn_index": named, "data": ["My own course", "en"], "session_hash": "creating"}
        assert client.post("/gradio_api/queue/join", json=body).status_code == 403, named
    assert "My own course" not in [course.title for course in served_app.courses.visible_to(served_app.operator)]


def test_learners_do_not_get_the_instructors_page(new_guest: Client, new_visitor: Client, served_app: Services):
    page = new_guest().get("/teach")
    assert page.status_code == 403 and "This page is for instructors" in page.text and "gradio_config" not in page.text
    teacher = new_visitor()
    teacher.post("/join", data={"token": instructor_link(served_app, "ms-teach").split("token=")[1]})
    assert "gradio_config" in teacher.get("/teach").text


def test_signing_out_everywhere_ends_the_other_devices_sessions(served_app: Services, new_visitor: Client):
    here, there = new_visitor(), new_visitor()
    here.post("/join", data={"token": instructor_link(served_app, "ms-devices").split("token=")[1]})
    teacher = person_of(served_app, here)
    there.post("/join", data={"token": served_app.accounts.issue_sign_in_link(teacher).split("token=")[1]})
    assert there.get("/config").status_code == 200
    here.post("/logout", data={"everywhere": "1"})
    assert here.get("/config").status_code == there.get("/config").status_code == 401


def test_signing_in_ends_the_session_that_the_browser_had(served_app: Services, new_guest: Client):
    client = new_guest()
    old = client.cookies["tutor_session"]
    client.post("/join", data={"token": instructor_link(served_app, "ms-rotate").split("token=")[1]})
    assert client.cookies["tutor_session"] != old and served_app.accounts.person_for_session(old) is None


def test_what_instructors_read_without_the_queue_is_not_read_by_learners(
    served_app: Services, new_visitor: Client, new_guest: Client
):
    """The course is open to the learner, whose own session and the instructor's are tried on every handler."""
    teacher, author, learner = new_visitor(), new_guest(), new_guest()
    teacher.post("/join", data={"token": instructor_link(served_app, "ms-honey").split("token=")[1]})
    turn = ask_question(served_app, person_of(served_app, author))
    served_app.feedback.submit_correction(person_of(served_app, author), turn.id, "Better: zircon.", consent=True)
    served_app.item_bank.import_items(person_of(served_app, teacher), "biology", "Name a gem {=beryl =tourmaline}")
    config = learner.get("/config").json()
    inputs = {d["id"]: len(d["inputs"]) for d in config["dependencies"] if d["queue"] is False}
    secrets = ("zircon", "beryl", "Name a gem")

    def read(client: httpx.Client, index: int, session: str) -> httpx.Response:
        data = ["biology", *[None] * 9][: inputs[index]]
        body = {"fn_index": index, "data": data, "session_hash": session}
        return client.post("/gradio_api/run/predict", json=body)

    told = "".join(read(teacher, index, "teachers-own").text for index in inputs)
    assert [secret for secret in secrets if secret in told] == ["zircon", "Name a gem"]
    for index in inputs:
        found = read(learner, index, "learners-own")
        assert found.status_code in (200, 403, 500), found.text
        assert not [secret for secret in secrets if secret in found.text]
        assert read(learner, index, "teachers-own").status_code == 403


def test_the_running_app_has_the_required_launch_options(served_app: Services, new_guest: Client):
    config = new_guest().get("/config").json()
    assert config["run_history"] is False or config.get("run_history") is None
    assert config.get("footer_links") == []
    assert not config.get("mcp_server") and not config.get("is_space") and config["show_error"] is False
    assert config["analytics_enabled"] is False and not config.get("share")
    assert all(dependency["api_visibility"] == "private" for dependency in config["dependencies"])
    chat = next(c["props"] for c in config["components"] if c["type"] == "chatbot")
    assert chat["sanitize_html"] is True and chat["allow_tags"] is False and chat["allow_file_downloads"] is False
    assert chat["group_consecutive_messages"] is False and chat["buttons"] == ["copy"]
    kinds = {component["type"] for component in config["components"]}
    assert not kinds & {"loginbutton", "fileexplorer", "deeplinkbutton", "code", "downloadbutton"}
