"""Opens the engine that the settings ask for."""

from __future__ import annotations

from tutor.engine.base import Engine
from tutor.engine.lazy_engine import LazyEngine
from tutor.engine.scripted import ScriptedEngine
from tutor.platform.settings import Settings

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
    return LazyEngine(lambda: _open_local(settings), settings.model)


def _open_local(settings: Settings) -> Engine:
    from tutor.engine.local import LocalEngine
    from tutor.engine.model_files import resolve_model_files

    files = resolve_model_files(settings.model, settings.data_dir)
    return LocalEngine.open(files, settings.queue_size, capacity_overrides(settings))


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
