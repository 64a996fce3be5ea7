"""Caches on disk what evaluating a base model gives, which is the same for every training of every learner.

One safetensors file holds the base's results on the fixed part of the eval suite and its log-probabilities on the
replay rows. It is valid for one base, one eval set and one set of library versions, and is computed again when any of
them changes or the file is damaged.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from adapters.durability import fsync_path
from adapters.evaluation import DATA_DIR, MAX_ANSWER_TOKENS, FixedEvalResult
from adapters.files import sha256_of
from adapters.kl_regularizer import REPLAY_FILE

FORMAT_VERSION = 1  # increase it when the evaluation of a base changes
_EVAL_FILES = (REPLAY_FILE, DATA_DIR / "general_eval.jsonl", DATA_DIR / "eval_prompts.jsonl")


@dataclass(frozen=True, slots=True)
class BaseEval:
    """The results of a base model without an adapter."""

    fixed: FixedEvalResult
    monitored_loss: float  # mean loss on the replay rows that are monitored and not trained on
    reference_log_probs: dict[str, torch.Tensor]  # by replay row: log-probability of every token at each position


def load_or_compute(folder: Path | None, base_sha256: str, compute: Callable[[], BaseEval]) -> BaseEval:
    """Return the cached results of a base from `folder`, or compute and store them; without a folder only compute."""
    if folder is None:
        return compute()
    key = cache_key(base_sha256)
    file = folder / f"baseline-{key[:32]}.safetensors"
    result = _read(file, key)
    if result is None:
        result = compute()
        _write(file, key, result)
    return result


@cache
def cache_key(base_sha256: str) -> str:
    """Return a hash of everything that the results of a base depend on."""
    libraries = [version(name) for name in ("torch", "transformers", "bitsandbytes")]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    parts = [
        FORMAT_VERSION,
        base_sha256,
        MAX_ANSWER_TOKENS,
        device,
        libraries,
        [sha256_of(file) for file in _EVAL_FILES],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(file: Path, key: str) -> BaseEval | None:
    if not file.is_file():
        return None
    try:
        with safe_open(file, framework="pt") as opened:
            header = opened.metadata() or {}
            if header.get("key") != key:
                return None
            log_probs = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        return BaseEval(fixed_result_from_json(json.loads(header["common"])), float(header["watched_loss"]), log_probs)
    except (SafetensorError, ValueError, KeyError, TypeError):
        return None  # a damaged file is ignored


def _write(file: Path, key: str, result: BaseEval) -> None:
    """Write the file atomically and delete those of other bases, eval sets or library versions."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    header = {"key": key, "common": json.dumps(asdict(result.fixed)), "watched_loss": repr(result.monitored_loss)}
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    save_file({name: value.contiguous() for name, value in result.reference_log_probs.items()}, temporary, header)
    fsync_path(temporary)
    os.replace(temporary, file)
    for other in file.parent.glob("baseline-*.safetensors"):
        if other != file:
            other.unlink(missing_ok=True)


def fixed_result_from_json(value: dict[str, Any]) -> FixedEvalResult:
    """Return a FixedEvalResult from the JSON of its `asdict`."""
    words = tuple(tuple(row) for row in value["words"])
    return FixedEvalResult(tuple(value["general"]), value["general_loss"], words, tuple(value["said"]))
