"""Sealed values open for their owner in their place, and for nobody and nowhere else."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tutor.errors import MasterKeyUnusable, SealBroken
from tutor.sealing import master_key
from tutor.sealing.values import KEY_BYTES, TEXT_PREFIX, DataKey, new_key

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
PLACES = st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT)
KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(KEYS, ANY_TEXT, ANY_TEXT, PLACES)
def test_any_text_comes_back_as_it_was(key, owner, text, place):
    data_key = DataKey.from_bytes(owner, key)
    assert data_key.open(data_key.seal(text, *place), *place) == text


@given(ANY_TEXT.filter(lambda text: len(text) > 7), PLACES)
def test_a_sealed_text_does_not_contain_the_text_and_never_looks_the_same_twice(text, place):
    data_key = DataKey.from_bytes("ada", new_key())
    first, second = data_key.seal(text, *place), data_key.seal(text, *place)
    assert first != second
    assert text not in first
    assert text.encode("utf-8", "surrogatepass") not in b64decode(first.removeprefix(TEXT_PREFIX))


@given(ANY_TEXT, PLACES, PLACES)
def test_a_value_does_not_open_in_another_place(text, place, other):
    assume(place != other)
    data_key = DataKey.from_bytes("ada", new_key())
    with pytest.raises(SealBroken):
        data_key.open(data_key.seal(text, *place), *other)


@given(KEYS, ANY_TEXT, ANY_TEXT, KEYS)
def test_a_value_does_not_open_for_another_owner_or_with_another_key(key, owner, other, other_key):
    sealed = DataKey.from_bytes(owner, key).seal("words", "turns")
    for reader in (DataKey.from_bytes(other, key), DataKey.from_bytes(owner, other_key)):
        if reader.owner == owner and other_key == key or (reader.owner, other) == (owner, owner):
            continue
        with pytest.raises(SealBroken):
            reader.open(sealed, "turns")


@given(st.binary(max_size=50), st.data())
def test_a_value_with_one_changed_bit_does_not_open(data, draw):
    data_key = DataKey.from_bytes("ada", new_key())
    sealed = bytearray(data_key.seal_bytes(data, "turns"))
    bit = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        data_key.open_bytes(bytes(sealed), "turns")


@given(ANY_TEXT)
def test_a_text_that_was_never_sealed_does_not_open(text):
    with pytest.raises(SealBroken):
        DataKey.from_bytes("ada", new_key()).open(text, "turns")
    with pytest.raises(SealBroken):
        DataKey.from_bytes("ada", new_key()).open(TEXT_PREFIX + text, "turns")


@given(KEYS, KEYS, ANY_TEXT, ANY_TEXT)
def test_a_data_key_is_unwrapped_for_its_owner_by_its_master_key_only(master, other_master, owner, other):
    assume(master != other_master and owner != other)
    key, data_key = master_key.MasterKey.from_bytes(master), new_key()
    wrapped = key.wrap(owner, data_key)
    assert key.unwrap(owner, wrapped) == data_key
    for reader, name in ((key, other), (master_key.MasterKey.from_bytes(other_master), owner)):
        with pytest.raises(SealBroken):
            reader.unwrap(name, wrapped)


@pytest.mark.parametrize("text", ["", "password", b64encode(b"short").decode(), "=" * 44, "ü" * 44])
def test_what_is_not_a_master_key_is_refused_and_not_repeated(text):
    with pytest.raises(MasterKeyUnusable) as refused:
        master_key.MasterKey.from_text(text, "TUTOR_MASTER_KEY")
    assert not text or text not in str(refused.value)


def test_keys_are_in_no_representation():
    key = master_key.new_master_key()
    assert key.text not in repr(key)
    assert repr(DataKey.from_bytes("ada", new_key())) == "DataKey(owner='ada')"


def test_the_key_file_is_made_once_with_a_warning_and_only_its_user_can_read_it(tmp_path, caplog):
    made = master_key.first_key(None, tmp_path)
    assert (tmp_path / master_key.KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "master.key" in caplog.text and made.text not in caplog.text
    assert master_key.first_key(None, tmp_path) == made
