"""A server whose record service stops answering: before it files a bundle, or after. Run as a script."""

import asyncio
import os
import sys
from pathlib import Path

import uvicorn
from pydantic import JsonValue

from assistant.app import create_app
from assistant.conversations.ports import ResidentRecord
from assistant.records import FhirStore
from assistant.settings import load_settings
from assistant.storage import Database
from integrations.record.embedded import EmbeddedRecords


class Stuck:
    """The embedded record service, but its answers to deliveries never arrive. Leaves a mark when stuck."""

    def __init__(self, records: EmbeddedRecords, marker: Path, *, files: bool) -> None:
        self._records = records
        self._marker = marker
        self._files = files

    async def resident(self, resident_id: str) -> ResidentRecord | None:
        return await self._records.resident(resident_id)

    async def deliver(self, bundle: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if self._files:
            await self._records.deliver(bundle)
        self._marker.touch()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


def main(when: str) -> None:
    settings = load_settings()
    records = EmbeddedRecords(FhirStore(Database(settings.database_url)))
    marker = Path(os.environ["ASSISTANT_VAR"]) / "stuck"
    app = create_app(settings, records_service=Stuck(records, marker, files=when == "after"))
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main(sys.argv[1])
