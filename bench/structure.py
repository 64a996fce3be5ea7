"""How readable the tree is by its own numbers: modules, packages, the arrows between them, sizes, names, languages.

    python -m bench.structure                 # this checkout
    python -m bench.structure --root FOLDER   # another one, to compare with

Counts the product (`app.py`, `tutor`, `knowledge`, `adapters`, `prompts`), not its tests. A unit is a package, or a
module directly in `tutor/`; an arrow is one unit that imports another. Reads source text only, in a second.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOTS = ("tutor", "knowledge", "adapters", "prompts")
LANGUAGE_FOLDERS = ("knowledge/languages/", "tutor/locales/")
HAN = re.compile("[\u3400-\u9fff]")


def modules(root: Path) -> dict[str, Path]:
    """Return dotted names and paths of the product's modules; migrations are data of the past and left out."""
    files = [path for name in ROOTS for path in sorted((root / name).rglob("*.py")) if "migrations" not in path.parts]
    files += [path for path in [root / "app.py"] if path.exists()]
    return {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


def unit_of(module: str) -> str:
    """Return the package a module belongs to; a module directly in `tutor/` is a unit of its own."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "tutor" else parts[0]


def imported(tree: ast.Module, known: dict[str, Path]) -> Iterator[str]:
    """Yield the product's modules that a module imports, wherever in it."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            while name and name not in known:
                name = name.rpartition(".")[0]
            if name:
                yield name


def arrows(root: Path) -> set[tuple[str, str]]:
    """Return which unit imports which."""
    known = modules(root)
    found = set()
    for name, path in known.items():
        for target in imported(ast.parse(path.read_text("utf-8")), known):
            if unit_of(name) != unit_of(target) and unit_of(target) != "tutor":
                found.add((unit_of(name), unit_of(target)))
    return found


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield the name and length in lines of each function, nested ones and methods included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


def measure(root: Path) -> dict[str, object]:
    """Return the numbers of one checkout."""
    known = modules(root)
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in known.items()}
    sizes = {name: len(path.read_text("utf-8").splitlines()) for name, path in known.items() if sizes_count(path)}
    lengths = {f"{module}.{name}": lines for module, tree in trees.items() for name, lines in functions(tree)}
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for module, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(module)
    direct = [n for n, p in known.items() if p.parent == root / "tutor" and p.name != "__init__.py"]
    packages = [p.parent for p in known.values() if p.name == "__init__.py" and p.parent.parent == root / "tutor"]
    chinese = [
        str(path.relative_to(root))
        for path in known.values()
        if HAN.search(path.read_text("utf-8"))
        and not str(path.relative_to(root).as_posix()).startswith(LANGUAGE_FOLDERS)
    ]
    return {
        "modules_directly_in_tutor": sorted(direct),
        "packages_in_tutor": sorted(path.name for path in packages),
        "units": len({unit_of(name) for name in known}),
        "arrows_between_units": len(arrows(root)),
        "modules": len(sizes),
        "median_module": median(sizes.values()),
        "largest_module": max(sizes.items(), key=lambda pair: pair[1]),
        "median_function": median(lengths.values()),
        "largest_function": max(lengths.items(), key=lambda pair: pair[1]),
        "duplicate_class_names": {name: where for name, where in sorted(classes.items()) if len(where) > 1},
        "modules_with_chinese_outside_language_folders": sorted(chinese),
    }


def sizes_count(path: Path) -> bool:
    """Whether a module's size says something: empty package files do not."""
    return path.name != "__init__.py" or len(path.read_text("utf-8").splitlines()) > 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1])
    parser.add_argument("--arrows", action="store_true", help="list the arrows too")
    arguments = parser.parse_args()
    numbers = measure(arguments.root.resolve())
    if arguments.arrows:
        for source, target in sorted(arrows(arguments.root.resolve())):
            print(f"{source} -> {target}")
    for key, value in numbers.items():
        print(f"{key:48} {len(value) if isinstance(value, list | dict) else value}")
    print(json.dumps(numbers, ensure_ascii=False))


if __name__ == "__main__":
    main()
