"""Whatever is asked of our own routes, by whomever: the server answers, and never with an error of its own."""

from __future__ import annotations

from pathlib import Path

from bench.fuzz_routes import Fuzzer, open_target

REQUESTS = 200  # `python -m bench.fuzz_routes` sends 20,000


def test_requests_drawn_at_random_never_end_in_an_error_of_the_server(tmp_path: Path) -> None:
    services, sessions, ids = open_target(tmp_path / "var")
    outcome = Fuzzer(services, sessions, ids, seed=18).run(REQUESTS)
    services.close()
    assert outcome.failed == []
    assert {200, 303, 404} <= set(outcome.statuses), "the requests reach nothing"
