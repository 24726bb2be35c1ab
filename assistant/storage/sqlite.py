"""SQLite as the server needs it: write-ahead log, foreign keys, and transactions that we begin ourselves."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_SECONDS = 20
"""How long a writer waits for another process's transaction before it fails."""

BEGIN_OPTION = "sqlite_begin"
"""Execution option that picks the kind of transaction: DEFERRED (reading) or IMMEDIATE (writing)."""


def prepare(connection: Any, foreign_keys: bool = True) -> None:
    """Set the pragmas of a new DBAPI connection.

    The switch to the write-ahead log does not wait for other connections by itself, so it is retried.
    """
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        _write_ahead_log(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    finally:
        cursor.close()


def _write_ahead_log(cursor: Any) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def own_transactions(engine: Engine, default: str, foreign_keys: bool = True) -> None:
    """Let SQLAlchemy, not the driver, begin transactions: as `default`, or as the option BEGIN_OPTION says.

    A transaction that reads first and writes later cannot wait for another writer, it fails; one that
    means to write therefore begins IMMEDIATE.
    """

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        prepare(connection, foreign_keys)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get(BEGIN_OPTION, default)
        connection.exec_driver_sql(f"BEGIN {kind}")
