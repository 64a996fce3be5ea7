"""Threads for work that is done once for each layer of a model."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch


@contextmanager
def layer_threads() -> Iterator[ThreadPoolExecutor]:
    """Give threads that take one layer each: the steps of a layer are too small to be shared between threads.

    A new thread computes with as many threads as were asked for last in any thread, so that number is set back.
    """
    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            yield pool
    finally:
        torch.set_num_threads(threads)
