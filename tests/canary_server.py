"""Serves the pages, has a learner write canaries everywhere they can write, says so, and waits to be killed.

`python tests/canary_server.py FOLDER`: its last answer is still being written when it prints READY.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from dataclasses import replace  # noqa: E402

from fake_trainer import BASE, fake_train  # noqa: E402
from page_server import COVERED, serve_app  # noqa: E402

from adapters.records import TrainedAdapter  # noqa: E402
from tutor.assessment.items import ItemKind  # noqa: E402
from tutor.domain import Outcome, Person, Thumb, TurnStatus  # noqa: E402
from tutor.engine.model_files import ModelFiles  # noqa: E402
from tutor.services import Services  # noqa: E402
from tutor.tuning.adapter_training import Trainer  # noqa: E402

CANARY = "quokkazephyr7291"
CHINESE_CANARY = "袋熊密码七二九一"
WORDS = f"{CANARY} {CHINESE_CANARY}"


def main(folder: Path) -> None:
    with serve_app(folder) as services:
        guest = httpx.Client(base_url=services.settings.url, timeout=60, trust_env=False)
        assert guest.post("/guest").status_code == 303
        ada = next(person for person in services.accounts.list_people() if person.guest)
        _ask(guest, "first")
        guest.post("/photo", content=WORDS.encode())  # not a picture: its refusal is logged or not
        _write_everywhere(services, ada)
        training = threading.Event()
        services.engine.pause_s = 1.0  # type: ignore[attr-defined]
        for work in (lambda: _ask(guest, "second"), lambda: _train(services, ada, _wait_in(training))):
            threading.Thread(target=work, daemon=True).start()
        assert training.wait(30)
        while not _is_answering(services, ada):
            time.sleep(0.05)
        os.write(1, b"READY\n")
        time.sleep(600)


def _is_answering(services: Services, ada: Person) -> bool:
    conversations = services.conversations.list_own(ada, "biology")
    turns = [turn for one in conversations for turn in services.conversations.list_turns(ada, one.id)]
    return TurnStatus.RUNNING in {turn.status for turn in turns}


def _ask(client: httpx.Client, session: str) -> None:
    """Ask through the pages; returns when the answer is complete."""
    config = client.get("/config").json()
    index = next(d["id"] for d in config["dependencies"] if d.get("api_name") == "ask")
    body = {"fn_index": index, "data": [f"{COVERED} {CANARY}", None, "biology"], "session_hash": session}
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if "process_completed" in line:
                return


def _write_everywhere(services: Services, ada: Person) -> None:
    conversation = services.conversations.list_own(ada, "biology")[0]
    turn = services.conversations.list_turns(ada, conversation.id)[0]
    assert CANARY in turn.question
    services.conversations.rename(ada, conversation.id, WORDS)
    services.feedback.rate(ada, turn.id, Thumb.DOWN, WORDS)
    services.feedback.set_consent(ada, given=True)
    for word in ("leaf", "cell", "sun"):
        asked = list(services.chat.ask(ada, "biology", f"{COVERED} {word} {CANARY}"))[-1].turn
        services.feedback.submit_correction(ada, asked.id, f"{word} {WORDS}.", consent=True)
    services.profiles.update(ada, "biology", {"goals": WORDS})
    _practise(services, ada)
    _train(services, ada, fake_train)


def _practise(services: Services, ada: Person) -> None:
    services.item_bank.add_item(services.operator, "biology", ItemKind.SHORT_TEXT, "What builds sugar?", ["the cycle"])
    for row in services.quiz_sessions.start_quiz(ada, "biology").questions:
        taken = services.quiz_sessions.submit_answer(
            ada, row.question.id, row.question.id, f"It is the {WORDS} of sugar."
        )
        services.gradebook.override(services.operator, taken.question.attempts[0].id, Outcome.WRONG, WORDS)


def _train(services: Services, ada: Person, trainer: Trainer) -> None:
    training = replace(services.training, trainer=trainer, open_model=lambda _spec, at: ModelFiles(at, "tiny", BASE))
    training.train(ada, ada.id, "biology")


def _wait_in(started: threading.Event) -> Trainer:
    """Return a trainer that is at work when the server is killed."""

    def train(*_arguments: Any) -> TrainedAdapter:
        started.set()
        time.sleep(600)
        raise AssertionError("the server was not killed")

    return train


if __name__ == "__main__":
    main(Path(sys.argv[1]))
