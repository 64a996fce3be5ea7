"""What never changes of a base: its part of the exam and its view of ordinary text. Reckoned once, then kept on disk.

Every training of every learner begins by asking the base the same questions. One safetensors file holds what it said.
It belongs to one base, one exam and one set of libraries; it is made again when any of them is another, or when it is
damaged.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from adapters.evaluation import DATA_DIR, MAX_ANSWER_TOKENS, FixedEvalResult
from adapters.files import fsync_path, sha256_of
from adapters.kl_regularizer import REPLAY_FILE

FORMAT_VERSION = 1  # another one whenever the same base would be asked otherwise
_EVAL_FILES = (REPLAY_FILE, DATA_DIR / "general_eval.jsonl", DATA_DIR / "eval_prompts.jsonl")


@dataclass(frozen=True, slots=True)
class BaseEval:
    """A base before anybody corrected it."""

    fixed: FixedEvalResult
    monitored_loss: float  # on the ordinary rows that are only watched
    reference_log_probs: dict[str, torch.Tensor]  # of each ordinary row, the likelihood of every word at each place


def load_or_compute(folder: Path | None, base_sha256: str, compute: Callable[[], BaseEval]) -> BaseEval:
    """Return the baseline of a base: from its file in the folder, else reckoned now and kept there."""
    if folder is None:
        return compute()
    key = cache_key(base_sha256)
    file = folder / f"baseline-{key[:32]}.safetensors"
    found = _read(file, key)
    if found is None:
        found = compute()
        _write(file, key, found)
    return found


def cache_key(base_sha256: str) -> str:
    """Return what a baseline follows from, as one hash."""
    libraries = [version(name) for name in ("torch", "transformers", "bitsandbytes")]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    what = [
        FORMAT_VERSION,
        base_sha256,
        MAX_ANSWER_TOKENS,
        device,
        libraries,
        [sha256_of(file) for file in _EVAL_FILES],
    ]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _read(file: Path, key: str) -> BaseEval | None:
    if not file.is_file():
        return None
    try:
        with safe_open(file, framework="pt") as opened:
            header = opened.metadata() or {}
            if header.get("key") != key:
                return None
            likely = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        return BaseEval(fixed_result_from_json(json.loads(header["common"])), float(header["watched_loss"]), likely)
    except (SafetensorError, ValueError, KeyError, TypeError):
        return None  # damaged: as good as none


def _write(file: Path, key: str, found: BaseEval) -> None:
    """Write the file whole or not at all; what an earlier base, exam or library left there goes."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    header = {"key": key, "common": json.dumps(asdict(found.fixed)), "watched_loss": repr(found.monitored_loss)}
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    save_file({name: value.contiguous() for name, value in found.reference_log_probs.items()}, temporary, header)
    fsync_path(temporary)
    os.replace(temporary, file)
    for other in file.parent.glob("baseline-*.safetensors"):
        if other != file:
            other.unlink(missing_ok=True)


def fixed_result_from_json(value: dict[str, Any]) -> FixedEvalResult:
    """Return the common part that `asdict` told."""
    words = tuple(tuple(row) for row in value["words"])
    return FixedEvalResult(tuple(value["general"]), value["general_loss"], words, tuple(value["said"]))
