"""Configures third-party libraries before they are imported: quiet, without telemetry, tracing or public tunnels.

Nothing about learners may leave the machine, so a variable that would switch such a channel on is refused by name.
"""

from __future__ import annotations

import logging
import os

from tutor.errors import SetupError

LIBRARY_DEFAULTS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_WAIT_POLICY": "PASSIVE",  # the server and a trainer share the cores; spinning threads starve each other
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
}
FORBIDDEN_VARIABLES = (
    "GRADIO_SHARE",
    "GRADIO_ALLOWED_PATHS",
    "GRADIO_MCP_SERVER",
    "GRADIO_RUN_HISTORY",
    "GRADIO_HISTORY_BUCKET",
    "GRADIO_DEBUG",
    "GRADIO_LOCAL_DEV_MODE",
    "GRADIO_PROFILING",
    "GRADIO_NUM_WORKERS",
    "GRADIO_VIBE_MODE",
    "GRADIO_WATCH_DIRS",
    "LANGSMITH_API_KEY",
    "LANGCHAIN_API_KEY",
)
_FALSY = ("", "0", "false", "no")


def configure_libraries() -> None:
    """Set the variables that are not set; raises SetupError for one that would share what learners write."""
    for name in FORBIDDEN_VARIABLES:
        if os.environ.get(name, "").lower() not in _FALSY:
            raise SetupError(f"{name} is set, which could share what learners write; unset it and start again")
    for name, value in LIBRARY_DEFAULTS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it warns about an optional kernel
