"""A throttle counts each key by itself and forgets."""

from __future__ import annotations

from tutor.platform import throttle
from tutor.platform.throttle import Throttle


def test_a_key_has_so_many_uses_in_a_window_and_others_have_their_own():
    now = [0.0]
    throttled = Throttle(2, 60, lambda: now[0])
    assert [throttled.take("a") for _ in range(3)] == [True, True, False]
    assert throttled.take("b")
    now[0] = 59.9
    assert not throttled.take("a")
    now[0] = 60.0
    assert [throttled.take("a") for _ in range(3)] == [True, True, False]


def test_a_refused_use_does_not_lengthen_the_wait():
    now = [0.0]
    throttled = Throttle(1, 60, lambda: now[0])
    assert throttled.take("a")
    for now[0] in (10.0, 30.0, 59.0):
        assert not throttled.take("a")
    now[0] = 60.0
    assert throttled.take("a")


def test_its_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(throttle, "MAX_KEYS", 3)
    throttled = Throttle(1, 60)
    assert all(throttled.take(str(number)) for number in range(100))
    assert len(throttled._times) == 3
