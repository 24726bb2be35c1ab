"""`migrate` and `seed`: the database before the first call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from assistant.commands.terminal import out
from assistant.conversations.clock import ZONE, real_now
from assistant.records import FhirStore
from assistant.seeding import seed_development
from assistant.settings import Settings, load_settings
from assistant.storage import Database


def migrate() -> None:
    """Create the database of DATABASE_URL, or bring it up to date. Safe to repeat; `serve` does it too."""
    asyncio.run(_migrate(load_settings()))
    out.print("The database is up to date.")


async def _migrate(settings: Settings) -> None:
    async with migrated(settings):
        pass


@asynccontextmanager
async def migrated(settings: Settings) -> AsyncIterator[Database]:
    """The installation's database, up to date, closed after the block."""
    if settings.database is None:
        settings.var.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        await database.migrate()
        yield database
    finally:
        await database.dispose()


def seed() -> None:
    """Put the centre and eight invented residents into the embedded chart. What is there already stays.

    Example: DATABASE_URL=postgresql://assistant:…@localhost/assistant assistant seed
    """
    stored = asyncio.run(_seed(load_settings()))
    out.print(f"{stored} resources stored." if stored else "All of them were there already.")


async def _seed(settings: Settings) -> int:
    centre = settings.config.centre
    async with migrated(settings) as database:
        return await seed_development(
            database, FhirStore(database), centre, real_now().astimezone(ZONE).date()
        )
