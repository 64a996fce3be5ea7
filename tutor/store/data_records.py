"""What is said of each kind of stored data: whose it is, what for, how long, how it is exported and erased."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """Whom a record is about."""

    PERSON = "a person"
    COURSE = "a course"
    NOBODY = "nobody"


class Export(StrEnum):
    """How people get what is stored about them."""

    DATA_FILE = "*All my data*"
    COMPUTED = "computed from what is exported"
    OWN_FILES = "files at *All my data*"
    OPERATOR = "by the operator"
    NONE = "no personal data"


class Erasure(StrEnum):
    """What happens to a record when its person's account is erased."""

    DELETED = "deleted"
    UNNAMED = "kept, the person's id removed"
    REBUILT = "deleted, made again without them"
    KEY_DESTROYED = "key destroyed, the id kept"
    FORGOTTEN = "at the next restart at the latest"
    ON_RESTORE = "when a server starts with it"
    KEPT = "kept"


FOR_THE_ACCOUNT = "until the account is erased"
FOR_THE_COURSE_DATA = "until the learner deletes the course's data or the account"
FOR_THE_COURSE = "as long as the course"


@dataclass(frozen=True, slots=True)
class DataRecord:
    """A table, a kind of file or something in memory."""

    name: str  # of the table; of files a pattern below the data folder
    owner: Owner
    purpose: str
    retention: str
    export: Export
    erasure: Erasure
    columns: tuple[str, ...] = ()  # of tables
    unnamed: tuple[str, ...] = ()  # columns that name somebody else than the owner, who is removed from them
    withheld: tuple[str, ...] = ()  # columns that an export leaves out
    why_withheld: str = ""

    @property
    def exported_columns(self) -> tuple[str, ...]:
        """The columns that a person gets of their rows; none where the table is not exported."""
        return tuple(c for c in self.columns if c not in self.withheld) if self.export is Export.DATA_FILE else ()
