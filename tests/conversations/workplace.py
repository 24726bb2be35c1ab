"""A host with everything around it that a test may want to turn: records, clock, content, durable work."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.conversations.actions import Actions
from assistant.conversations.alerts import Alerts
from assistant.conversations.assessing import register_assess
from assistant.conversations.contents import Contents
from assistant.conversations.durable import Durable
from assistant.conversations.facts import Centre
from assistant.conversations.finish import Finishing
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import Reply, TextIn
from assistant.conversations.outbox import Outbox
from assistant.conversations.ports import ResidentRecord
from assistant.settings import Delivery, Escalation
from assistant.storage import Database
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.ports import GrammarUnderstander, Understander

CONTENT = Path(__file__).parent / "content"
LANGUAGE = Path(__file__).resolve().parents[2] / "nlu_data"
RESIDENT = ResidentRecord(
    id="resident-1", name="王秀英", sex="F", birth_date="1959-03-12", practitioner_id="practitioner-1"
)


class Clock:
    """Real time as far as the host can tell; tests move it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class Charts:
    """A record service in memory: applies each conditional create once, or fails as told."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.received: list[str] = []
        self.resources: dict[str, dict[str, Any]] = {}

    async def resident(self, resident_id: str) -> ResidentRecord | None:
        return RESIDENT if resident_id == RESIDENT.id else None

    async def deliver(self, bundle: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if self.failures:
            raise self.failures.pop(0)
        entries: list[Any] = []
        for entry in bundle["entry"]:  # type: ignore[union-attr]
            request = entry["request"]  # type: ignore[index,call-overload]
            key = str(request.get("ifNoneExist") or request["url"])
            resource = entry["resource"]  # type: ignore[index,call-overload]
            self.resources.setdefault(key, resource)
            self.received.append(key)
            entries.append(
                {"response": {"status": "201", "location": f"{resource['resourceType']}/{len(entries)}"}}
            )
        return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}


class NotedWork(Durable):
    """Durable work that is written down and not done."""

    def __init__(self, database: Database, var: Path) -> None:
        super().__init__(database, "noted", var)
        self.enqueued: list[tuple[str, str, str, float | None]] = []

    async def enqueue(
        self,
        connection: AsyncConnection,
        workflow: str,
        workflow_id: str,
        argument: str,
        delay_seconds: float | None = None,
    ) -> None:
        self.enqueued.append((workflow, workflow_id, argument, delay_seconds))


@cache
def understander() -> Understander:
    """The shipped grammar."""
    return GrammarUnderstander(Lexicon.load(LANGUAGE))


@dataclass
class Workplace:
    """The host and its surroundings."""

    database: Database
    folder: Path
    durable: Durable
    clock: Clock = field(default_factory=Clock)
    charts: Charts = field(default_factory=Charts)
    actions: Actions = field(default_factory=lambda: Actions(timeout_seconds=1.0))
    pauses: Delivery = field(
        default_factory=lambda: Delivery(first_pause_seconds=0.05, longest_pause_seconds=0.2)
    )
    escalation: Escalation = field(default_factory=Escalation)

    def __post_init__(self) -> None:
        self.home = self.folder / "content"
        if not self.home.exists():
            shutil.copytree(CONTENT, self.home)
        self.contents = Contents(self.database, self.home)
        self.outbox = Outbox(self.database, self.durable, self.charts, self.pauses, self.clock)
        self.alerts = Alerts(self.database, self.durable, self.outbox, self.escalation, self.clock)
        register_assess(self.actions)
        self.host = self.another_host()

    def another_host(self) -> Conversations:
        """A host as another process would have it: same database, no shared locks."""
        return Conversations(
            database=self.database,
            contents=self.contents,
            understander=understander(),
            records=self.charts,
            actions=self.actions,
            alerts=self.alerts,
            finishing=Finishing(self.database, self.outbox, self.clock),
            centre=Centre(name="幸福里社区卫生服务中心", phone="010-1"),
            clock=self.clock,
        )

    def edit(self, file: str, before: str, after: str) -> None:
        """Change a content file as an operator would."""
        path = self.home / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")

    async def checkup(self, **more: Any) -> Reply:
        """A conversation that asks resident-1 for the blood pressure."""
        return await self.host.start(
            **{"flow": "checkup", "channel": "text", "resident_id": "resident-1", **more}
        )

    async def say(self, conversation_id: str, text: str, input_id: str | None = None) -> Reply:
        return await self.host.receive(conversation_id, TextIn(text=text), input_id)

    async def rows(self, table: Table) -> list[Any]:
        async with self.database.read() as connection:
            return list(await connection.execute(select(table)))


async def until(condition: Any, seconds: float = 20.0) -> None:
    """Waits until the async condition holds."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def at_work(database: Database, folder: Path, **more: Any) -> AsyncIterator[Workplace]:
    """A workplace whose durable work is really done."""
    workplace = Workplace(database, folder, Durable(database, "worker-test", folder), **more)
    await workplace.durable.launch()
    try:
        yield workplace
    finally:
        await workplace.durable.close()
