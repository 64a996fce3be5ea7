"""Conversations belong to their learner alone."""

from __future__ import annotations

import pytest

from tutor.errors import NotFound


def test_a_conversation_is_private_to_its_learner(services, ask, ada, bob, instructor, course):
    turn = ask(ada)
    assert services.conversations.list_own(bob, course.id) == []
    for stranger in (bob, instructor, services.operator):
        with pytest.raises(NotFound):
            services.conversations.list_turns(stranger, turn.conversation_id)
        with pytest.raises(NotFound):
            services.conversations.delete(stranger, turn.conversation_id)


def test_a_deleted_conversation_can_be_restored(services, ask, ada, course):
    turn = ask(ada)
    services.conversations.delete(ada, turn.conversation_id)
    assert services.conversations.list_own(ada, course.id) == []
    services.conversations.restore(ada, turn.conversation_id)
    assert [c.id for c in services.conversations.list_own(ada, course.id)] == [turn.conversation_id]
