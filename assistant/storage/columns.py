"""Column types and the columns that every table shares."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Named,
    TypedColumns,
    TypeDecorator,
)

DEFAULT_ORGANIZATION = "default"
"""The tenant of an installation that serves one centre; the first migration creates its row."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Timestamp(TypeDecorator[datetime]):
    """An instant: aware datetimes in (a naive one is a ValueError), aware UTC datetimes out.

    SQLite has no zone in its dates, so it stores UTC without one.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value.isoformat()}")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonObject = dict[str, Any]

Json: JSON[JsonObject] = JSON(none_as_null=True)
"""A document: always read whole and never searched in, so it is kept as text, key order included."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up (SQLite counts only plain INTEGER keys)."""


class Tenanted(TypedColumns):
    """Every row belongs to one organisation, from the first migration on."""

    organization_id: Named[str] = Column(
        ForeignKey("organizations.id"), default=DEFAULT_ORGANIZATION, server_default=DEFAULT_ORGANIZATION
    )
