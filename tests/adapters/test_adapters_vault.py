"""Files of a training are sealed for their owner: nobody else reads them, and no change goes unseen."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.dataset import read_rows, write_rows
from adapters.errors import AdapterDamaged
from adapters.vault import CLEAR, Vault, is_sealed

HEADER = b"sealed adapter file 1\n"
KEY, OTHER = b"k" * 32, b"o" * 32
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@same_folder
@given(st.binary(max_size=300))
def test_what_was_written_is_read_and_is_not_in_the_file(tmp_path, data):
    Vault(KEY).write(tmp_path / "card.json", data)
    assert is_sealed(tmp_path / "card.json")
    assert Vault(KEY).read(tmp_path / "card.json") == data
    assert len(data) < 8 or data not in (tmp_path / "card.json").read_bytes()[len(HEADER) :]


@same_folder
@given(st.binary(max_size=30), st.data())
def test_one_changed_bit_is_refused(tmp_path, data, draw):
    file = tmp_path / "card.json"
    Vault(KEY).write(file, data)
    sealed = bytearray(file.read_bytes())
    bit = draw.draw(st.integers(len(HEADER) * 8, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    file.write_bytes(sealed)
    with pytest.raises(AdapterDamaged):
        Vault(KEY).read(file)


@pytest.mark.parametrize("vault", [Vault(OTHER), CLEAR])
def test_another_key_or_none_does_not_open_a_file(tmp_path, vault):
    Vault(KEY).write(tmp_path / "card.json", b"my words")
    with pytest.raises(AdapterDamaged):
        vault.read(tmp_path / "card.json")


def test_a_file_does_not_open_under_another_name(tmp_path):
    Vault(KEY).write(tmp_path / "card.json", b"my words")
    (tmp_path / "card.json").rename(tmp_path / "adapter_model.safetensors")
    with pytest.raises(AdapterDamaged):
        Vault(KEY).read(tmp_path / "adapter_model.safetensors")


def test_a_file_is_replaced_whole(tmp_path):
    Vault(KEY).write(tmp_path / "card.json", b"old")
    Vault(KEY).replace(tmp_path / "card.json", b"new")
    assert Vault(KEY).read(tmp_path / "card.json") == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["card.json"]


def test_rows_of_a_training_are_read_with_their_key_only(tmp_path):
    from make_rows import make_row

    rows = (make_row(1), make_row(2))
    write_rows(tmp_path / "rows.jsonl", rows, Vault(KEY))
    assert read_rows(tmp_path / "rows.jsonl", Vault(KEY)) == rows
    assert b"thing" not in (tmp_path / "rows.jsonl").read_bytes()


def test_the_key_is_in_no_representation():
    assert "kkk" not in repr(Vault(KEY))
