"""Migrations, run from the program: no alembic.ini and no command line are needed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine

_LOCK = 0x61737374
"""Advisory lock of PostgreSQL, held until the migration commits."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision` in one transaction, after any other process that is at it."""
    with engine.begin() as connection:
        _wait_for_turn(connection)
        command.upgrade(configuration(connection), revision)
        _check_foreign_keys(connection)


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to `revision`, in one transaction."""
    with engine.begin() as connection:
        _wait_for_turn(connection)
        command.downgrade(configuration(connection), revision)
        _check_foreign_keys(connection)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _wait_for_turn(connection: Connection) -> None:
    """On SQLite the transaction, begun IMMEDIATE, is the lock itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise RuntimeError(f"the migration would break a foreign key of table {broken[0]}")
