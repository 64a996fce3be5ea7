"""How much main memory a new model may take: what the machine has free, and what limits on this process leave of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = 1 << 60  # cgroup v1 writes "no limit" as a number of this size


def available_memory(root: Path = Path("/")) -> int:
    """Return the bytes that can be allocated without swapping; `root` holds `proc` and `sys`."""
    return min([_machine_bytes(root / "proc/meminfo"), *_cgroup_bytes(root)])


def _machine_bytes(meminfo: Path) -> int:
    for line in _read(meminfo).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return _UNLIMITED


def _cgroup_bytes(root: Path) -> Iterator[int]:
    """Yield what each limit on this process, its own and its parents', leaves free."""
    mount = root / "sys/fs/cgroup"
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from _left_along(mount, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _left_along(mount / "memory", path, *names)


def _left_along(mount: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[int]:
    """Yield limit less usage of the group `path` and of those above it; cached files count as free."""
    group = mount / path.strip("/")
    for folder in (group, *group.parents):
        most, used = _read(folder / limit).strip(), _read(folder / usage).strip()
        if most.isdigit() and used.isdigit() and int(most) < _UNLIMITED:
            yield max(0, int(most) - int(used) + _cached_bytes(folder / "memory.stat", cache))
        if folder == mount:
            return


def _cached_bytes(stat: Path, name: str) -> int:
    for line in _read(stat).splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError:
        return ""
