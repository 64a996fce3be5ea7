"""The plan of the house is kept: `docs/house.md` draws the floors, these tests read the drawing and the code.

A new module fails here until its room stands in the drawing; that is the moment to think where it belongs.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tutor", "knowledge", "adapters", "prompts")
LONGEST = 400

# The only modules that may name a heavy library; a package stands for everything in it.
DOORS = {
    "gradio": ("app", "tutor.ui"),
    "faiss": ("knowledge.index",),
    "sentence_transformers": ("knowledge.embedding", "knowledge.reranking"),
    "sqlalchemy": ("tutor.store",),
    "alembic": ("tutor.store",),
    "torch": ("tutor.engine", "adapters", "knowledge.embedding"),
    "transformers": ("tutor.engine", "adapters", "knowledge.embedding"),
    "peft": ("tutor.engine", "adapters"),
    "bitsandbytes": ("tutor.engine", "adapters"),
}
# Policy and data stand beside the doors but do not use them.
TORCH_FREE = (
    "tutor.engine.base",
    "tutor.engine.residency",
    "tutor.engine.scripted",
    "tutor.engine.slots",
    "adapters.dataset",
    "adapters.errors",
    "adapters.gate",
    "adapters.records",
)
BANNED = {
    "pickle": "it runs code from files; write JSON or safetensors",
    "marshal": "it runs code from files; write JSON or safetensors",
    "shelve": "it is pickle underneath; the store is tutor.store",
    "joblib": "it is pickle underneath; write JSON or safetensors",
    "langchain_community": "it is sunset; langchain-core carries what is needed",
    "fitz": "PyMuPDF is AGPL; pypdfium2 reads PDF here",
}
HEAVY = ("torch", "gradio", "faiss", "transformers", "sentence_transformers", "peft", "bitsandbytes")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    files += [path for path in [ROOT / "app.py"] if path.exists()]
    return {name_of(path): path for path in files}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of what is imported; `from a import b` may mean the module a.b."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@cache
def floors() -> dict[str, int]:
    """Read the drawing: lines `N  room  room` of the fenced block under the heading Floors."""
    text = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    drawing = text.split("## Floors", 1)[1].split("```")[1]
    rows = re.findall(r"^(\d+)\s+(.+)$", drawing, flags=re.MULTILINE)
    return {room.removesuffix(".py"): int(floor) for floor, rooms in rows for room in rooms.split()}


def room_of(module: str) -> str | None:
    return max((room for room in floors() if within(module, room)), key=len, default=None)


@pytest.fixture(params=sorted(modules()), ids=str)
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_module_has_a_floor_in_the_drawing(module: str) -> None:
    bare = modules()[module].name == "__init__.py"
    assert bare or room_of(module), f"{module} has no floor: give its room one in docs/house.md"


def test_imports_point_down_and_not_across(module: str) -> None:
    here = room_of(module)
    for line, target in imports(ast.walk(tree_of(modules()[module]))):
        there = room_of(target)
        if here is None or there is None or here == there:
            continue
        assert floors()[there] < floors()[here], (
            f"{module}:{line} ({here}, floor {floors()[here]}) imports {target} ({there}, floor {floors()[there]})"
        )


def test_a_module_says_what_it_is_and_stays_readable(module: str) -> None:
    path = modules()[module]
    assert ast.get_docstring(tree_of(path)), f"{module} does not say what it is"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{module} has {lines} lines, at most {LONGEST} are read with pleasure"


def test_a_heavy_library_has_one_door(module: str) -> None:
    for line, target in imports(ast.walk(tree_of(modules()[module]))):
        library = target.split(".")[0]
        assert library not in BANNED, f"{module}:{line} imports {library}: {BANNED[library]}"
        rooms = DOORS.get(library)
        assert rooms is None or any(within(module, room) for room in rooms), (
            f"{module}:{line} imports {library}, whose door is {', '.join(rooms or ())}"
        )
        assert not (library in HEAVY and module in TORCH_FREE), (
            f"{module}:{line} is policy or data and imports {library}"
        )


@cache
def executes(module: str) -> bool:
    """Whether importing the module loads a heavy library by design, of its own or through a neighbour that does."""
    for _line, target in imports(tree_of(modules()[module]).body):
        if target.split(".")[0] in HEAVY:
            return True
        neighbour = next((name for name in (target, target.rpartition(".")[0]) if name in modules()), module)
        same_package = neighbour.rpartition(".")[0] == module.rpartition(".")[0] != "tutor"
        if same_package and neighbour != module and executes(neighbour):
            return True
    return False


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    """Each module but the executing ones and the pages is imported; torch, gradio, faiss and friends stay out."""
    names = [
        name
        for name in modules()
        if not executes(name) and not within(name, "tutor.ui") and not within(name, "tutor.store.migrations")
        if name not in ("app", "tutor.__main__")
    ]
    script = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    loaded = [heavy for heavy in {HEAVY!r} if heavy in sys.modules]
    if loaded:
        sys.exit(f"importing {{name}} loads {{', '.join(loaded)}}")
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr


def test_the_drawing_holds_no_room_that_is_gone() -> None:
    gone = [room for room in floors() if not any(within(name, room) for name in modules())]
    assert not gone, f"docs/house.md draws {', '.join(gone)}, which does not exist"
