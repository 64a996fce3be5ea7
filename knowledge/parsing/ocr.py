"""OCR by the program `tesseract`, when it is installed; optional."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

from knowledge.highlight import Box
from knowledge.languages import each, either
from knowledge.parsing.text_cleaning import clean_line, close_cjk_gaps

_PAGE_TIME_S = 25.0
_TSV_WORD_LEVEL = "5"  # tesseract's level of a line of its table
_PSM_PAGE, _PSM_COLUMN = "3", "4"  # tesseract's --psm: a page of any layout; one column of lines of any size
_MISREAD_PLUS = re.compile(rf"(?<=[0-9A-Za-z)] )(?:{either('text', 'MISREAD_PLUS')})(?= [0-9A-Za-z(])")


@cache
def tesseract_path() -> str | None:
    """Return the path of the program, None if it is not installed."""
    return shutil.which("tesseract")


@cache
def installed_languages() -> str:
    """Return the models to use, as tesseract takes them ("eng+chi_sim"); "" if none of ours is installed."""
    program = tesseract_path()
    if program is None:
        return ""
    listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=10, check=False).stdout
    installed = listed.decode("utf-8", "replace").split()
    return "+".join(model for model in each("text", "TESSERACT").values() if model in installed)


def is_available() -> bool:
    return bool(installed_languages())


def recognise_paragraphs(width: int, height: int, grey: bytes) -> list[str]:
    """Return the paragraphs of a page, top to bottom; `grey` has one byte a pixel, row by row.

    Raises TimeoutError when a page takes too long, OSError when the program fails.
    """
    paragraphs = _run_tesseract(width, height, grey, _PAGE_TIME_S).replace("\f", "\n\n").split("\n\n")
    return [text for text in (close_cjk_gaps(clean_line(paragraph)) for paragraph in paragraphs) if text]


def recognise_lines(width: int, height: int, grey: bytes) -> list[str]:
    """Return the lines of a photo of written work, which are not joined into paragraphs.

    Raises TimeoutError and OSError as `recognise_paragraphs` does.
    """
    output = _run_tesseract(width, height, grey, _PAGE_TIME_S, layout=_PSM_COLUMN).replace("\f", "\n")
    lines = (close_cjk_gaps(clean_line(line)) for line in output.split("\n"))
    return [_MISREAD_PLUS.sub("+", line) for line in lines if line]


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A recognised word and its place in the image."""

    text: str
    box: Box


def recognise_words(width: int, height: int, grey: bytes, seconds: float) -> list[OcrWord]:
    """Return the words of an image in reading order; raises as `recognise_paragraphs` does."""
    found = []
    for line in _run_tesseract(width, height, grey, seconds, "tsv").splitlines()[1:]:
        level, *_, left, top, wide, high, _, text = line.split("\t")
        if level == _TSV_WORD_LEVEL and text.strip():
            x, y, w, h = int(left), int(top), int(wide), int(high)
            found.append(OcrWord(text, Box(x / width, y / height, (x + w) / width, (y + h) / height)))
    return found


def _run_tesseract(width: int, height: int, grey: bytes, seconds: float, *form: str, layout: str = _PSM_PAGE) -> str:
    program = tesseract_path()
    if program is None:
        raise OSError("tesseract is not installed")
    pgm = b"P5 %d %d 255\n" % (width, height) + grey
    command = [program, "stdin", "stdout", "-l", installed_languages(), "--psm", layout, *form]
    try:
        done = subprocess.run(command, input=pgm, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"OCR took more than {seconds:.0f} s") from error
    if done.returncode != 0:
        raise OSError(f"tesseract ended with status {done.returncode}")
    return done.stdout.decode("utf-8", "replace")
