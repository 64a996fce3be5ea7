"""Opens the engine that the settings ask for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from tutor.engine.base import Engine
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.load_progress import LoadMonitor, LoadStage
from tutor.engine.scripted import ScriptedEngine
from tutor.errors import ModelUnusable
from tutor.platform.settings import Settings

if TYPE_CHECKING:
    from tutor.engine.model_files import ModelFiles

log = logging.getLogger(__name__)

REPLACEABLE = ("auto", "standard")  # the small model may answer in the place of what these names mean

DEMO_SCRIPT = (
    "Plants take in carbon dioxide and water and, with the energy of light, make sugar and oxygen.",
    "To solve 2x + 3 = 11, first take 3 from both sides. What is left on the right?",
    "Not quite. Look at the sign in front of x, then try the step again.",
)


def open_engine(settings: Settings) -> Engine:
    """Return the engine of `settings` without waiting for its model, which is loaded at the first use."""
    if settings.engine_url:
        from tutor.engine.remote import open_remote

        return open_remote(settings)
    if settings.model == "scripted":
        return ScriptedEngine(DEMO_SCRIPT)
    monitor = LoadMonitor()
    return LazyEngine(lambda: _open_local(settings, monitor), settings.model, monitor)


def _open_local(settings: Settings, monitor: LoadMonitor) -> Engine:
    """Return the engine of the requested model, or of the small one where the requested one cannot be had or loaded."""
    from tutor.engine.model_files import replace_by_small, resolve_model_files

    files = resolve_model_files(settings.model, settings.data_dir, models_dir=settings.models_dir, monitor=monitor)
    try:
        return _load(files, settings, monitor)
    except (ModelUnusable, MemoryError, RuntimeError) as error:
        if settings.model not in REPLACEABLE or files.weights_format != "gguf":
            raise
        log.exception("%s could not be loaded; the small model answers instead", files.name)
        return _load(replace_by_small(files, settings.data_dir, error), settings, monitor)


def _load(files: ModelFiles, settings: Settings, monitor: LoadMonitor) -> Engine:
    from tutor.engine.local import LocalEngine

    monitor.report(LoadStage.LOADING)
    monitor.fallback = files.fallback
    return LocalEngine.open(files, settings.queue_size, capacity_overrides(settings), settings.kernel)


def capacity_overrides(settings: Settings) -> dict[str, int | str]:
    """Return the fields of EngineCapacity that are set; the device decides the others."""
    chosen: dict[str, int | str | None] = {
        "slots": settings.slots,
        "chunk": settings.prefill_chunk,
        "prefill_rows": settings.prefill_rows,
        "bank_dtype": settings.bank_dtype,
        "adapter_cache_bytes": _mb_to_bytes(settings.adapter_cache_mb),
        "prefix_cache_bytes": _mb_to_bytes(settings.prompt_cache_mb),
        "unpacked_bytes": _mb_to_bytes(settings.unpacked_weights_mb),
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _mb_to_bytes(megabytes: int | None) -> int | None:
    return None if megabytes is None else megabytes << 20
