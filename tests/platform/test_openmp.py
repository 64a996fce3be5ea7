"""Threads of a product sleep while they wait, in every program that imports the tutor before torch."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = "import tutor, os, torch; print(os.environ.get('OMP_WAIT_POLICY'))"
LATE = "import torch, tutor, os; print(os.environ.get('OMP_WAIT_POLICY'))"


@pytest.mark.parametrize(
    ("program", "chosen", "expected"),
    [(PROGRAM, None, "PASSIVE"), (PROGRAM, "ACTIVE", "ACTIVE"), (LATE, None, "None")],
)
def test_the_wait_policy_is_set_before_torch_unless_it_is_chosen(program: str, chosen: str | None, expected: str):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_WAIT_POLICY": chosen} if chosen else {}
    shown = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == expected
