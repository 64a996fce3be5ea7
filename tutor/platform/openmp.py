"""How the threads of a product wait for each other: asleep, so that the tutor shares its cores with other programs."""

from __future__ import annotations

import os
import sys

WAIT_POLICY = "OMP_WAIT_POLICY"


def let_waiting_threads_sleep() -> None:
    """Ask OpenMP for passive waiting, unless the environment says otherwise. Has to run before torch is imported.

    By default OpenMP's threads spin while they wait. With as many threads as cores, any other load on the machine then
    makes a token that takes a tenth of a second take nearly one (docs/LOG.md, "Threads that wait").
    """
    if "torch" not in sys.modules:
        os.environ.setdefault(WAIT_POLICY, "PASSIVE")


def waiting_threads_sleep() -> bool:
    """Whether this process was started so."""
    return os.environ.get(WAIT_POLICY, "").upper() == "PASSIVE"
