"""Read every file in a folder, and report which are read, have no text or are refused, and what that costs.

    python -m bench.documents DIR [DIR ...] [--out bench/results/documents.json]

Each file is read like an upload, in a limited child process. `ok` is read, `no_text` contains nothing to read,
`refused` comes with a reason; anything else is a bug in our code, counts as `crash` and makes the exit status 1.
`pdf_pages_per_core_minute` is the speed, by processor time, on one PDF that consists of the pages without OCR. Seconds
a file.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from knowledge.documents import ParsedDocument
from knowledge.errors import DocumentEmpty
from knowledge.parsing.limits import ParseLimits
from knowledge.parsing.sandbox import ParseReport, parse_with_report


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.documents", description="Read every file in folders.")
    parser.add_argument("directories", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--pages", type=int, default=300, help="pages of the PDF for the speed measurement")
    parser.add_argument("--out", type=Path, help="also write the result to this file")
    options = parser.parse_args(arguments)
    files = [row for directory in options.directories for row in measure_all(directory)]
    result = {"hardware": hardware(), "commit": commit(), "workload": f"{len(files)} files", **summarize(files)}
    result |= page_speed([path for path in list_files(options.directories) if path.suffix == ".pdf"], options.pages)
    if options.out:
        options.out.write_text(json.dumps(result | {"files": files}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(result | {"files": files}, ensure_ascii=False))
    return 1 if result["crashes"] else 0


def measure_all(directory: Path) -> Iterator[dict[str, Any]]:
    """Read the files below a folder in order and print a line for each."""
    for path in list_files([directory]):
        row = measure(path, str(path.relative_to(directory)))
        print(f"{row['outcome']:8} {row['seconds']:7.2f} s {row['peak_mb']:7.1f} MB  {row['file']}  {row['reason']}")
        yield row


def list_files(directories: Sequence[Path]) -> list[Path]:
    return [path for one in directories for path in sorted(one.rglob("*")) if path.is_file()]


def page_speed(paths: Sequence[Path], pages: int) -> dict[str, Any]:
    """Return the speed of reading one PDF that consists of the text pages found."""
    joined, count = _join_pages(paths, pages)
    if not count:
        return {"pdf_pages_per_core_minute": None}
    reading = parse_with_report("joined.pdf", joined, ParseLimits())
    return {
        "pdf_pages": count,
        "pdf_cpu_s": reading.cpu_s,
        "pdf_pages_per_core_minute": round(60 * count / reading.cpu_s),
    }


def _join_pages(paths: Sequence[Path], pages: int) -> tuple[bytes, int]:
    import pypdfium2 as pdfium

    target = pdfium.PdfDocument.new()
    sources = [source for source in map(_with_text, paths) if source is not None]
    while sources and len(target) < pages:
        for source in sources:
            target.import_pages(source)
    buffer = io.BytesIO()
    target.save(buffer)
    return buffer.getvalue(), len(target)


def _with_text(path: Path) -> Any:
    """Return the opened PDF if its first page has text; None otherwise."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        return document if document[0].get_textpage().count_chars() > 200 else None
    except pdfium.PdfiumError:
        return None


def measure(path: Path, name: str) -> dict[str, Any]:
    """Read one file; a reader that raises instead of refusing counts as a crash."""
    try:
        reading = parse_with_report(path.name, path.read_bytes(), ParseLimits())
    except Exception as error:  # noqa: BLE001 - reported as a crash, which fails the run
        return _row(name, "crash", repr(error), None)
    if isinstance(reading.result, ParsedDocument):
        return _row(name, "ok", " ".join(reading.result.notes), reading)
    outcome = "no_text" if isinstance(reading.result, DocumentEmpty) else "refused"
    return _row(name, outcome, str(reading.result), reading)


def _row(name: str, outcome: str, reason: str, reading: ParseReport | None) -> dict[str, Any]:
    document = reading.result if reading is not None else None
    parsed = document if isinstance(document, ParsedDocument) else None
    return {
        "file": name,
        "outcome": outcome,
        "reason": reason,
        "media_type": parsed.media_type if parsed else None,
        "pages": parsed.pages if parsed else 0,
        "characters": sum(len(block.text) for block in parsed.blocks) if parsed else 0,
        "seconds": round(reading.seconds, 3) if reading else 0.0,
        "peak_mb": reading.peak_mb if reading else 0.0,
    }


def summarize(files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the counts of outcomes, the slowest and largest reading, and refused files without a reason."""
    counts = Counter(row["outcome"] for row in files)
    return {
        "ok": counts["ok"],
        "no_text": counts["no_text"],
        "refused": counts["refused"],
        "crashes": counts["crash"],
        "without_reason": sum(row["outcome"] != "ok" and not row["reason"] for row in files),
        "slowest_s": max((row["seconds"] for row in files), default=0.0),
        "peak_mb": max((row["peak_mb"] for row in files), default=0.0),
    }


def hardware() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
