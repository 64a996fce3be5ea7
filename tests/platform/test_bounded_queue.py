"""A bounded queue runs a few blocks at once, lets a few wait and refuses the rest."""

from __future__ import annotations

import threading

import pytest

from tutor.platform.bounded_queue import BoundedQueue, QueueFull


def test_a_full_queue_refuses_at_once_and_admits_again_when_a_block_ends():
    queue = BoundedQueue(max_concurrent=1, max_queued=1)
    entered, finish, second_ran = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with queue.slot():
            entered.set()
            assert finish.wait(10)

    def second() -> None:
        with queue.slot():
            second_ran.set()

    running = threading.Thread(target=first)
    running.start()
    assert entered.wait(10)
    waiting = threading.Thread(target=second)
    waiting.start()
    while queue._admitted._value:  # until the second one waits
        pass
    assert not second_ran.is_set()
    with pytest.raises(QueueFull), queue.slot():
        pass
    finish.set()
    running.join()
    waiting.join()
    assert second_ran.is_set()
    with queue.slot():
        pass


def test_a_block_that_fails_frees_its_slot():
    queue = BoundedQueue(max_concurrent=1, max_queued=0)
    with pytest.raises(ZeroDivisionError), queue.slot():
        raise ZeroDivisionError
    with queue.slot():
        pass
