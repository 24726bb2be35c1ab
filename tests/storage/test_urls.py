"""Every usual spelling of DATABASE_URL, and a clear word about the others."""

from pathlib import Path

import pytest

from assistant.storage import Database, DatabaseUrlError
from assistant.storage.urls import parse


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
def test_sqlite(driver: str, tmp_path: Path) -> None:
    urls = parse(f"{driver}:///{tmp_path}/var/assistant.db")
    assert urls.asynchronous.drivername == "sqlite+aiosqlite"
    assert urls.blocking.drivername == "sqlite+pysqlite"
    assert urls.is_sqlite
    assert (tmp_path / "var").is_dir()


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_postgresql(driver: str) -> None:
    urls = parse(f"{driver}://clinic:secret@db:5433/assistant?sslmode=require")
    asynchronous, blocking = (
        url.render_as_string(hide_password=False) for url in (urls.asynchronous, urls.blocking)
    )
    assert asynchronous == "postgresql+asyncpg://clinic:secret@db:5433/assistant?ssl=require"
    assert blocking == "postgresql+psycopg://clinic:secret@db:5433/assistant?sslmode=require"
    assert not urls.is_sqlite


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("assistant.db", "not a database URL"),
        ("mysql://u:secret@h/d", "use sqlite or postgresql"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite+aiosqlite:///:memory:", "in memory"),
        ("sqlite:////proc/no/such/assistant.db", "cannot be made"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_password(url: str, says: str) -> None:
    with pytest.raises(DatabaseUrlError, match=says) as caught:
        Database(url)
    assert "secret" not in str(caught.value)
