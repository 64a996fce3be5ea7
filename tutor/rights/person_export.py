"""Everything about one person, over all courses, as plain values: what the register of stored data says is exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tutor.store.audit as audit_store
from tutor.domain import Person
from tutor.platform.clock import Clock
from tutor.store.audit import Act
from tutor.store.data_records import Export, Owner
from tutor.store.database import Database
from tutor.store.person_rows import exported_tables, rows_of_person
from tutor.store.personal_data import FILES, TABLES

FORMAT = "tutor-person-export-1"


@dataclass(frozen=True, slots=True)
class PersonExport:
    """Exports people. People export themselves, whoever has the server anybody."""

    database: Database
    clock: Clock

    def own(self, actor: Person) -> dict[str, Any]:
        """Return everything about the actor."""
        return self._export(actor, by=actor)

    def by_command(self, person: Person) -> dict[str, Any]:
        """Return everything about a person, for a command on the server."""
        return self._export(person, by=None)

    def _export(self, person: Person, by: Person | None) -> dict[str, Any]:
        now = self.clock()
        with self.database.write_transaction() as connection:
            actor = by.id if by else None
            audit_store.append(connection, Act.EXPORTED_PERSON, now, actor=actor, subject=person.id)
        with self.database.read_connection() as connection:
            tables = {record.name: rows_of_person(connection, record, person.id) for record in exported_tables()}
        return {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "name": person.name,
            "language": person.language,
            "tables": tables,
            "purposes": {record.name: record.purpose for record in exported_tables()},
            "kept": {record.name: record.retention for record in exported_tables()},
            "left_out": _left_out(),
        }


def _left_out() -> list[dict[str, str]]:
    """Return what is stored about people and not in the export, with the reason."""
    columns = [
        {"what": f"{record.name}: {', '.join(record.withheld)}", "why": record.why_withheld}
        for record in exported_tables()
        if record.withheld
    ]
    question = {"what": "posed: keys of the questions", "why": "others are asked them"}
    rest = [
        {"what": record.name, "why": record.export.value}
        for record in (*TABLES, *FILES)
        if record.owner is Owner.PERSON and record.export not in (Export.DATA_FILE, Export.OWN_FILES)
    ]
    return [*columns, question, *rest]
