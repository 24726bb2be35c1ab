"""`DATABASE_URL` in any of its usual spellings, turned into the drivers used here."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError


class DatabaseUrlError(ValueError):
    """The database URL cannot be used. The message says why and gives an example, never the password."""


@dataclass(frozen=True)
class Urls:
    """The same database for asynchronous and for blocking code."""

    asynchronous: URL
    blocking: URL

    @property
    def is_sqlite(self) -> bool:
        return self.blocking.get_backend_name() == "sqlite"


def parse(text: str) -> Urls:
    """Understand a URL such as `sqlite:///var/assistant.db` or `postgresql://user@host/name`.

    A driver in it (`+aiosqlite`, `+asyncpg`, `+psycopg`) is replaced. The folder of a SQLite file is made.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseUrlError(
            "DATABASE_URL is not a database URL; examples: sqlite:///var/assistant.db, "
            "postgresql://user:password@host/name"
        ) from error
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        return _sqlite(url)
    if backend in ("postgresql", "postgres"):
        return _postgresql(url)
    raise DatabaseUrlError(f"DATABASE_URL names {backend!r}; use sqlite or postgresql")


def _sqlite(url: URL) -> Urls:
    if not url.database or url.database == ":memory:" or "mode=memory" in url.database:
        raise DatabaseUrlError(
            "DATABASE_URL names a SQLite database in memory, which several connections cannot share; "
            "name a file: sqlite:///var/assistant.db"
        )
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUrlError(f"the folder of DATABASE_URL cannot be made: {error}") from error
    return Urls(url.set(drivername="sqlite+aiosqlite"), url.set(drivername="sqlite+pysqlite"))


def _postgresql(url: URL) -> Urls:
    """asyncpg calls `ssl` what libpq calls `sslmode`."""
    query = dict(url.query)
    sslmode = query.pop("ssl", None) or query.pop("sslmode", None)
    query.pop("sslmode", None)
    return Urls(
        url.set(drivername="postgresql+asyncpg", query=query | ({"ssl": sslmode} if sslmode else {})),
        url.set(drivername="postgresql+psycopg", query=query | ({"sslmode": sslmode} if sslmode else {})),
    )
