"""The cache is bounded by bytes and evicts the least recently used value first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.engine.lru import ByteLru


@given(st.lists(st.tuples(st.sampled_from(["put", "get", "drop"]), st.integers(0, 9), st.integers(0, 40)), max_size=60))
def test_the_lru_never_exceeds_its_byte_cap(steps: list[tuple[str, int, int]]):
    lru: ByteLru[int, bytes] = ByteLru(100, len)
    stored: dict[int, bytes] = {}
    for verb, key, size in steps:
        if verb == "put":
            lru.put(key, bytes(size))
            stored[key] = bytes(size)
        elif verb == "get":
            assert lru.get(key) in (None, stored.get(key))
        else:
            lru.drop(key)
        present = [k for k in range(10) if k in lru]
        assert lru.bytes == sum(len(stored[k]) for k in present) <= 100
        assert len(lru) == len(present)


def test_the_least_recently_used_entry_is_evicted_first():
    lru: ByteLru[str, bytes] = ByteLru(3, len)
    for key in "abc":
        lru.put(key, b"x")
    lru.get("a")
    lru.put("d", b"x")
    assert [key for key in "abcd" if key in lru] == ["a", "c", "d"]


def test_a_value_larger_than_the_cap_is_not_cached_and_evicts_nothing():
    lru: ByteLru[str, bytes] = ByteLru(3, len)
    lru.put("a", b"xx")
    lru.put("b", b"xxxx")
    assert "a" in lru and "b" not in lru


def test_a_thousand_learners_take_no_more_memory_than_the_cap():
    lru: ByteLru[int, bytes] = ByteLru(1000, len)
    for learner in range(1000):
        lru.put(learner, bytes(30))
    assert lru.bytes <= 1000 and len(lru) == 33
