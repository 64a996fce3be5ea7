"""The register of stored data as Markdown: the data map of `docs/privacy.md`."""

from __future__ import annotations

from tutor.store.data_records import DataRecord, Erasure
from tutor.store.personal_data import FILES, MEMORY, TABLES


def render_data_map() -> str:
    """Return the register as Markdown."""
    parts = [
        _render("Tables", TABLES),
        _render("Files in the data folder, by default `var`", FILES, "var/"),
        _render("In memory", MEMORY),
    ]
    return "\n\n".join(parts)


def _render(title: str, records: tuple[DataRecord, ...], folder: str = "") -> str:
    head = f"| {title} | About | What for | How long | Export | When the account is erased |\n|---|---|---|---|---|---|"
    return "\n".join([head, *(_row(one, folder) for one in records)])


def _row(record: DataRecord, folder: str) -> str:
    erased = record.erasure.value
    if record.unnamed:
        erased += f"; of others: {', '.join(record.unnamed)} {Erasure.UNNAMED.value}"
    exported = record.export.value
    if record.withheld:
        exported += f", without {', '.join(record.withheld)}: {record.why_withheld}"
    cells = (
        f"`{folder}{record.name}`",
        record.owner.value,
        record.purpose,
        record.retention,
        exported,
        erased,
    )
    return f"| {' | '.join(cells)} |"
