"""An erasure is killed with SIGKILL at any moment: the next start finishes it, and nobody else loses anything."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tutor.domain import Role
from tutor.platform.settings import Settings
from tutor.services import open_core_services
from tutor.store.schema import metadata

CHILD = """
import sys
from pathlib import Path
from tutor.platform.settings import Settings
from tutor.services import open_core_services
core = open_core_services(Settings(data_dir=Path(sys.argv[1]), sample_course=False))
print("ready", flush=True)
core.rights.erasure.erase(sys.argv[2])
"""
ROUNDS = 5


def rows_naming(core: Any, person_id: str) -> list[str]:
    with core.database.read_connection() as connection:
        tables = [table for table in metadata.sorted_tables if table.name != "data_keys"]
        rows = [(table.name, tuple(row)) for table in tables for row in connection.execute(sa.select(table))]
    return [f"{name} {row}" for name, row in rows if person_id in str(row)]


@pytest.mark.slow
def test_an_erasure_that_is_killed_at_any_moment_is_finished_by_the_next_start(tmp_path: Path) -> None:
    chance, began, killed_half_way = random.Random(18), 0, 0
    settings = Settings(data_dir=tmp_path / "var", sample_course=False)
    for number in range(ROUNDS):
        core = open_core_services(settings)
        ann, bob = (core.accounts.create_account(f"{name}-{number}", Role.LEARNER) for name in ("ann", "bob"))
        teacher = core.accounts.create_account(f"teacher-{number}", Role.INSTRUCTOR)
        course = core.courses.create(teacher, f"Course {number}").id
        for who in (ann, bob):
            core.accounts.issue_sign_in_link(who)
            core.courses.enrol(teacher, course, who)
            for count in range(40):
                core.conversations.start(who, course, f"Question {count}")
        before = rows_naming(core, bob.id)
        core.close()
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(settings.data_dir), ann.id],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        ) as child:
            assert child.stdout is not None and child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.06))
            child.kill()
        erased = settings.data_dir / "erased.txt"
        core = open_core_services(settings)
        if core.rights.erasure.erased.contains(ann.id):
            began += 1
            killed_half_way += child.returncode != 0
            assert rows_naming(core, ann.id) == []
        else:  # killed before the first step: nothing was erased
            assert rows_naming(core, ann.id)
        assert rows_naming(core, bob.id) == before and (began == 0 or erased.exists())
        core.close()
    assert began and killed_half_way, "the delays hit no running erasure: change them"
