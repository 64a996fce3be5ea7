"""bench/README.md lists whatever is in its folder."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench"
README = (BENCH / "README.md").read_text("utf-8")


def test_every_program_and_every_part_of_one_is_named():
    modules = {path.stem for path in BENCH.glob("*.py")} - {"__init__"}
    named = set(re.findall(r"`(?:python -m )?(?:bench\.)?(\w+)\b", README))
    assert modules and modules - named == set()


def test_every_file_of_data_is_named():
    files = {path.name for path in BENCH.iterdir() if path.suffix in {".tsv", ".jsonl"}}
    assert files and {name for name in files if f"`{name}`" not in README} == set()


def test_every_result_is_named_and_every_name_is_a_result():
    results = {path.name for path in (BENCH / "results").iterdir()}
    patterns = re.findall(r"`([\w*.]+\.json)`", README)
    assert {name for name in results if not any(fnmatch(name, pattern) for pattern in patterns)} == set()
    assert {pattern for pattern in patterns if not any(fnmatch(name, pattern) for name in results)} == set()
