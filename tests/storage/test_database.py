"""Transactions, time stamps, documents and the append-only tables behave alike on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from assistant.storage import (
    Database,
    audit,
    content_versions,
    conversations,
    effects,
    events,
    organizations,
    residents,
    staff,
)

AT = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def access(**values: Any) -> dict[str, Any]:
    return {"actor": "staff-1", "action": "read", "resource": "Patient/resident-1", "at": AT, **values}


async def count(database: Database, table: Any) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_a_transaction_is_saved_whole(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(staff).values(id="s1", name="李医生", role="doctor"))
    assert await count(database, staff) == 1


async def test_an_error_inside_saves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError, match="half-way"):
        async with database.transaction() as connection:
            await connection.execute(insert(staff).values(id="s1", name="李医生", role="doctor"))
            raise RuntimeError("half-way")
    assert await count(database, staff) == 0


async def test_cancelling_a_transaction_saves_nothing_and_lets_the_next_one_run(database: Database) -> None:
    inside = asyncio.Event()

    async def never_done() -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(staff).values(id="s1", name="李医生", role="doctor"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_done())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.transaction() as connection:
        await connection.execute(insert(staff).values(id="s2", name="张护士", role="nurse"))
    assert await count(database, staff) == 1


async def test_a_transaction_inside_a_transaction_is_refused(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError, match="already open"):
            async with database.transaction():
                pass
    async with database.transaction():
        pass


async def test_reading_sees_one_moment_and_saves_nothing(database: Database) -> None:
    async with database.read() as reader:
        assert (await reader.execute(select(func.count()).select_from(staff))).scalar_one() == 0
        async with database.transaction() as writer:
            await writer.execute(insert(staff).values(id="s1", name="李医生", role="doctor"))
        assert (await reader.execute(select(func.count()).select_from(staff))).scalar_one() == 0
    assert await count(database, staff) == 1


async def test_writers_queue_and_lose_no_update(database: Database) -> None:
    """Read, then write: without a lock on the row both would read the same number."""
    async with database.transaction() as connection:
        await connection.execute(insert(effects).values(id="e", kind="k", payload={}, created_at=AT))

    async def attempt() -> None:
        async with database.transaction() as connection:
            row = select(effects.c.attempts).where(effects.c.id == "e").with_for_update()
            tried = (await connection.execute(row)).scalar_one()
            await connection.execute(update(effects).where(effects.c.id == "e").values(attempts=tried + 1))

    await asyncio.gather(*(attempt() for _ in range(20)))
    async with database.read() as connection:
        assert (await connection.execute(select(effects.c.attempts))).scalar_one() == 20


async def test_instants_come_back_aware_and_in_utc(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(residents).values(id="resident-1", updated_at=AT))
    async with database.read() as connection:
        row = (await connection.execute(select(residents))).one()
    assert row.updated_at == AT
    assert row.updated_at.tzinfo is UTC or row.updated_at.utcoffset() == timedelta(0)
    assert row.do_not_call_since is None


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(StatementError, match="needs a time zone"):
            naive = AT.replace(tzinfo=None)
            await connection.execute(insert(residents).values(id="resident-1", updated_at=naive))


async def test_documents_keep_their_order_text_and_nothing(database: Database) -> None:
    document = {"乙": 1, "甲": [1.5, None, {"嵌套": "血压"}], "b": True, "a": "x"}
    async with database.transaction() as connection:
        await connection.execute(
            insert(effects).values(id="e", kind="k", payload=document, result=None, created_at=AT)
        )
    async with database.read() as connection:
        row = (await connection.execute(select(effects))).one()
        nothing = (
            await connection.execute(text("SELECT count(*) FROM effects WHERE result IS NULL"))
        ).scalar()
    assert row.payload == document
    assert list(row.payload) == list(document)
    assert row.result is None
    assert nothing == 1


async def test_rows_need_an_organization_that_exists(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(
                insert(staff).values(id="s1", name="李医生", role="doctor", organization_id="nowhere")
            )


async def test_an_unknown_effect_status_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as connection:
            await connection.execute(
                insert(effects).values(id="e", kind="k", payload={}, status="lost", created_at=AT)
            )


async def happened(database: Database) -> None:
    """One access audited, and one event of a conversation."""
    conversation = {"id": "c", "flow": "reception", "channel": "text", "content_version": "v"}
    times = {"started_at": AT, "updated_at": AT}
    async with database.transaction() as connection:
        await connection.execute(insert(audit).values(**access()))
        await connection.execute(insert(content_versions).values(version="v", files={}, created_at=AT))
        await connection.execute(
            insert(conversations).values(**conversation, **times, opening={}, state={}, clock={})
        )
        event = {"conversation_id": "c", "seq": 1, "turn": 1, "type": "heard", "data": {}}
        await connection.execute(insert(events).values(**event, at=AT))


@pytest.mark.parametrize("table", [audit, events], ids=lambda table: table.name)
@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
async def test_what_happened_cannot_be_changed(database: Database, table: Table[Any], change: str) -> None:
    await happened(database)
    statement: Executable = {
        "update": update(table).values(organization_id="default"),
        "delete": delete(table),
        "truncate": delete(table) if database.is_sqlite else text(f"TRUNCATE {table.name}"),
    }[change]
    with pytest.raises(DBAPIError, match=f"{table.name} is append-only"):
        async with database.transaction() as connection:
            await connection.execute(statement)
    assert await count(database, table) == 1


async def test_blocking_code_uses_the_same_database(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(update(organizations).values(name="莲湖社区卫生服务中心"))

    def rename() -> str:
        with database.sync_engine().begin() as connection:
            name: str = connection.execute(select(organizations.c.name)).scalar_one()
            connection.execute(update(organizations).values(phone="0551-0000000"))
            return name

    assert await asyncio.to_thread(rename) == "莲湖社区卫生服务中心"
    async with database.read() as connection:
        assert (await connection.execute(select(organizations.c.phone))).scalar_one() == "0551-0000000"


async def test_sqlite_is_set_up_for_many_readers_and_one_writer(sqlite_database: Database) -> None:
    async def pragma(name: str) -> Any:
        async with sqlite_database.read() as connection:
            return (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()

    assert await pragma("journal_mode") == "wal"
    assert await pragma("foreign_keys") == 1
    assert await pragma("synchronous") == 1
    assert await pragma("busy_timeout") == 20_000


async def test_a_writer_waits_for_another_process(sqlite_database: Database, tmp_path: Path) -> None:
    """The other process is a second Database on the same file, which does not share our queue."""
    other = Database(str(sqlite_database.urls.blocking))
    holding, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with other.transaction() as connection:
            await connection.execute(insert(staff).values(id="s1", name="李医生", role="doctor"))
            holding.set()
            await done.wait()

    holder = asyncio.create_task(hold())
    await holding.wait()
    asyncio.get_running_loop().call_later(0.2, done.set)
    async with sqlite_database.transaction() as connection:
        rows = (await connection.execute(select(staff.c.id))).scalars().all()
    await holder
    await other.dispose()
    assert rows == ["s1"]
