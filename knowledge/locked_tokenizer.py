"""Lets one thread at a time use a fast tokenizer.

Padding and truncation are settings of the shared object, which each call sets before it reads its texts. With two calls
at once, one reads its texts with the settings of the other, and rows of unequal length are no tensor.
"""

from __future__ import annotations

import threading
from typing import Any


def lock_tokenizer(tokenizer: Any) -> None:
    """Make calls of a transformers tokenizer wait for each other, whoever holds it."""
    lock = threading.Lock()
    kind: type[Any] = type(tokenizer)

    def call_alone(self: Any, *texts: Any, **options: Any) -> Any:
        with lock:
            return kind.__call__(self, *texts, **options)

    # A method that Python looks up on the class: the tokenizer gets one of its own, under the name of the old.
    tokenizer.__class__ = type(kind.__name__, (kind,), {"__call__": call_alone})
