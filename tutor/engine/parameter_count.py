"""How many parameters a model has: counted in its files, or read from the name under which a server offers it.

Without torch. Weights that were packed before they were published count less than they are; a model is rather taken for
a smaller one.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

from tutor.engine.published_folder import WEIGHTS as GGUF_WEIGHTS

UNKNOWN = 0
TENSOR_INDEX = "tensors.json"  # of a GGUF file, see `gguf_tensors`
_LONGEST_HEADER = 100 << 20  # bytes of the header of a safetensors file
# "7B", "1.5b" and "135M", and "8x7B": of the experts only some are used for a token, but all of them know something.
_SIZE_IN_NAME = re.compile(r"(?<![\w.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])", re.IGNORECASE)
_UNITS = {"b": 1e9, "m": 1e6}


def count_parameters(folder: Path) -> int:
    """Return the number of parameters of the model in a folder, UNKNOWN where its files do not tell."""
    try:
        if (folder / GGUF_WEIGHTS).is_file():
            entries = json.loads((folder / TENSOR_INDEX).read_text("utf-8"))
            return sum(math.prod(entry["shape"]) for entry in entries.values())
        return sum(map(_count_in_safetensors, folder.glob("*.safetensors")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return UNKNOWN  # whoever loads the files says what is wrong with them


def parameters_in_name(name: str) -> int:
    """Return the number of parameters that a name such as `Qwen2.5-7B-Instruct` tells, else UNKNOWN."""
    found = _SIZE_IN_NAME.search(name)
    if found is None:
        return UNKNOWN
    experts, size, unit = found.groups()
    return round(int(experts or 1) * float(size) * _UNITS[unit.lower()])


def _count_in_safetensors(file: Path) -> int:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{file} has a header of {length} bytes")
        header = json.loads(stream.read(length))
    return sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
