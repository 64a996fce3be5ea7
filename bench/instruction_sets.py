"""Holds the CPU libraries of a benchmark to AVX2, as on most laptops, and names the instructions that are used."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
_FBGEMM_AVX2 = 1  # fbgemm::inst_set_t::avx2


def use_instructions(isa: str, module: str) -> None:
    """Hold the libraries to `isa`, "machine" or "avx2"; starts `module` anew where they have already been loaded."""
    if isa != "avx2":
        return
    if any(os.environ.get(name) != value for name, value in AVX2.items()):
        arguments = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(sys.executable, arguments, {**os.environ, **AVX2})
    force_fbgemm_avx2()


def force_fbgemm_avx2() -> None:
    """Let FBGEMM use no more than AVX2; the other libraries read that from the variables of `AVX2`."""
    import torch

    library = ctypes.CDLL(str(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"))
    library._ZN6fbgemm14fbgemmForceIsaENS_10inst_set_tE(_FBGEMM_AVX2)


def has_avx512() -> bool:
    return "avx512f" in Path("/proc/cpuinfo").read_text()


def instructions_used(isa: str) -> str:
    import torch

    flags = Path("/proc/cpuinfo").read_text()
    if isa == "avx2":
        return "AVX2 (forced on a machine with more)" if has_avx512() else "AVX2"
    return torch.backends.cpu.get_cpu_capability() + (" with VNNI" if "avx512_vnni" in flags else "")
