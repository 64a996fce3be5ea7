"""What libraries are told before they are imported: say little, tell nobody, share nothing.

Nothing about learners may leave the machine: no telemetry, no tracing, no public tunnel. A variable that would open
such a channel is refused by name, so that it is not switched on by accident.
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
    """Set what is not set; raises SetupError for a variable that would send or share what learners say."""
    for name in FORBIDDEN_VARIABLES:
        if os.environ.get(name, "").lower() not in _FALSY:
            raise SetupError(f"{name} is set, which could share what learners say; unset it and start again")
    for name, value in LIBRARY_DEFAULTS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it reports an optional kernel that it would download
