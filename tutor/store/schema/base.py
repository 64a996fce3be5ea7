"""What all tables share: names of constraints, id and owner columns."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[str]:
    return Column("id", String, primary_key=True)


def owner_column(name: str, target: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, String, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=nullable)
