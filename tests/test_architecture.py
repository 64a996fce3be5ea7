"""The code keeps to the architecture: `docs/architecture.md` lists the layers, these tests compare the code with it.

A new package fails here until it has a layer in the list; that is the moment to think about where it belongs.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from bench.structure import arrows, measure

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("tutor", "knowledge", "adapters", "prompts")
MAX_LINES = 400

# The only modules that may import a heavy library; a package means all modules in it.
ALLOWED_IMPORTERS = {
    "gradio": ("app", "tutor.ui"),
    "babel": ("tutor.locales",),
    "faiss": ("knowledge.index",),
    "sentence_transformers": ("knowledge.sentence_embedder",),
    "sqlalchemy": ("tutor.store",),
    "alembic": ("tutor.store",),
    "torch": ("tutor.engine", "adapters", "knowledge.sentence_embedder", "knowledge.cpu_layers"),
    "transformers": ("tutor.engine", "adapters", "knowledge.sentence_embedder"),
    "peft": ("tutor.engine", "adapters"),
    "bitsandbytes": ("tutor.engine", "adapters"),
}
# Policy and data in packages that execute models: these modules do without torch.
TORCH_FREE_MODULES = (
    "tutor.engine.base",
    "tutor.engine.lru",
    "tutor.engine.scripted",
    "tutor.engine.slots",
    "adapters.dataset",
    "adapters.errors",
    "adapters.gate",
    "adapters.records",
)
BANNED = {
    "pickle": "it can run code from files; write JSON or safetensors",
    "marshal": "it can run code from files; write JSON or safetensors",
    "shelve": "it is pickle underneath; store data in tutor.store",
    "joblib": "it is pickle underneath; write JSON or safetensors",
    "langchain_community": "it is no longer maintained; langchain-core has what we need",
    "fitz": "PyMuPDF is AGPL; read PDF with pypdfium2",
}
HEAVY = ("torch", "gradio", "faiss", "transformers", "sentence_transformers", "peft", "bitsandbytes")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    files += [path for path in [ROOT / "app.py"] if path.exists()]
    return {module_name(path): path for path in files}


@cache
def structure() -> dict[str, Any]:
    """Return the figures of `python -m bench.structure` for this tree."""
    return measure(ROOT)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of each import; `from a import b` yields a.b, which may be a module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@cache
def layers() -> dict[str, int]:
    """Return the height of each unit in the layers of `docs/architecture.md`; 0 is the lowest line."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    lines = text.split("## Layers", 1)[1].split("```")[1].strip().splitlines()
    return {unit: height for height, line in enumerate(reversed(lines)) for unit in line.split()}


def unit_of(module: str) -> str | None:
    """Return the unit in the list of layers that a module belongs to."""
    return max((unit for unit in layers() if is_within(module, unit)), key=len, default=None)


@pytest.fixture(params=sorted(modules()), ids=str)
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_module_belongs_to_a_layer(module: str) -> None:
    is_package = modules()[module].name == "__init__.py"
    assert is_package or unit_of(module), f"{module} has no layer: add its package to the list in docs/architecture.md"


def test_imports_point_to_lower_layers(module: str) -> None:
    here = unit_of(module)
    for line, target in imports(ast.walk(parse(modules()[module]))):
        there = unit_of(target)
        if here is None or there is None or here == there:
            continue
        assert layers()[there] < layers()[here], (
            f"{module}:{line} imports {target}, but {there} is not below {here} in docs/architecture.md"
        )


def test_modules_do_not_import_each_other_in_a_cycle() -> None:
    """Modules of one package included, and imports inside functions."""
    known = modules()
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        found = {target for _line, target in imports(ast.walk(parse(path)))}
        found = {target if target in known else target.rpartition(".")[0] for target in found}
        graph[name] = {target for target in found if target in known and target != name}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


def test_few_modules_are_directly_in_the_tutor_package() -> None:
    direct = structure()["modules_directly_in_tutor"]
    assert len(direct) <= 5, f"{', '.join(direct)} are directly in tutor/: move some into packages"


def test_no_two_classes_of_the_product_have_the_same_name() -> None:
    duplicates = structure()["duplicate_class_names"]
    assert not duplicates, f"one name for several things: {duplicates}"


def test_chinese_text_is_only_in_the_language_folders() -> None:
    found = structure()["modules_with_chinese_outside_language_folders"]
    assert not found, f"move the Chinese text of {', '.join(found)} to knowledge/languages/ or tutor/locales/"


def test_every_module_has_a_docstring_and_bounded_length(module: str) -> None:
    path = modules()[module]
    assert ast.get_docstring(parse(path)), f"{module} has no docstring"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{module} has {lines} lines; split it, at most {MAX_LINES} are allowed"


def test_a_heavy_library_is_imported_where_it_belongs(module: str) -> None:
    for line, target in imports(ast.walk(parse(modules()[module]))):
        library = target.split(".")[0]
        assert library not in BANNED, f"{module}:{line} imports {library}: {BANNED[library]}"
        allowed = ALLOWED_IMPORTERS.get(library)
        assert allowed is None or any(is_within(module, package) for package in allowed), (
            f"{module}:{line} imports {library}, which only {', '.join(allowed or ())} may"
        )
        assert not (library in HEAVY and module in TORCH_FREE_MODULES), (
            f"{module}:{line} is policy or data and must not import {library}"
        )


@cache
def imports_heavy(module: str) -> bool:
    """Whether importing the module loads a heavy library by design, directly or through a module of its package."""
    for _line, target in imports(parse(modules()[module]).body):
        if target.split(".")[0] in HEAVY:
            return True
        neighbour = next((name for name in (target, target.rpartition(".")[0]) if name in modules()), module)
        same_package = neighbour.rpartition(".")[0] == module.rpartition(".")[0] != "tutor"
        if same_package and neighbour != module and imports_heavy(neighbour):
            return True
    return False


def test_heavy_libraries_are_imported_lazily() -> None:
    """Importing a module loads none of torch, gradio, faiss and so on, unless it runs models or shows pages."""
    names = [
        name
        for name in modules()
        if not imports_heavy(name) and not is_within(name, "tutor.ui") and not is_within(name, "tutor.store.migrations")
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
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr


def test_every_solid_arrow_of_the_picture_is_an_import() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    picture = text.split("```mermaid", 1)[1].split("```")[0]
    real = {(source.rpartition(".")[2], target.rpartition(".")[2]) for source, target in arrows(ROOT)}
    for source, targets in re.findall(r"^ *(\w+)(?:\[[^\]]*\])? --> (.+)$", picture, flags=re.MULTILINE):
        for target in targets.split(" & "):
            assert (source, target) in real, f"docs/architecture.md draws {source} -> {target}, which is not an import"


def test_every_layer_names_code_that_exists() -> None:
    missing = [unit for unit in layers() if not any(is_within(name, unit) for name in modules())]
    assert not missing, f"docs/architecture.md lists {', '.join(missing)}, which does not exist"
