"""A clinic to test the pages in: real conversations, real charts, the pages, and no background work.

Chart entries are delivered when a test says so, by the same outbox that durable workflows use.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from fastapi import FastAPI
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.console import Desk, router
from assistant.console.charts import EmbeddedCharts
from assistant.conversations.actions import Actions
from assistant.conversations.alerts import Alerts
from assistant.conversations.assessing import register_assess
from assistant.conversations.clock import ZONE
from assistant.conversations.contents import Contents, Edition
from assistant.conversations.facts import Centre
from assistant.conversations.finish import Finishing, chart_effect
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import HungUpIn, Incoming, TextIn
from assistant.conversations.outbox import Outbox
from assistant.dialogue.conversation import Channel
from assistant.records import FhirStore
from assistant.records.seeds import seed
from assistant.security.access import Access, Principal
from assistant.security.sessions import Sessions
from assistant.settings import Delivery, Escalation
from assistant.storage import Database, audit, calls, organizations, recordings, staff
from assistant.understanding import GrammarUnderstander, Lexicon
from integrations.record.embedded import EmbeddedRecords

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 24, 9, 30, tzinfo=ZONE)
DOCTOR, SERVICE, STRANGER = "doctor-token", "service-token", "stranger-token"

ANSWERS = {
    "consent": "可以",
    "symptoms": "都没有",
    "blood_pressure": "高压一百三十八，低压八十二",
    "heart_rate": "七十二",
    "weight": "一百二十斤",
    "smoking_per_day": "不抽烟",
    "alcohol_per_day": "不喝酒",
    "exercise": "每周三次，每次半小时",
    "salt": "比较淡",
    "mood": "挺好的",
    "medication_adherence": "每天都按时吃",
    "medications": "是的",
    "side_effects": "没有",
    "next_visit": "可以",
}
"""What a resident says to each question of the follow-up, unless a test has her say something else."""

BORN = {
    "resident-1": "一九五九年",
    "resident-2": "一九六四年",
    "resident-3": "一九五一年",
    "resident-5": "一九五七年",
}


@dataclass
class Clock:
    """The time, until a test moves it."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


class SharedContents(Contents):
    """The content, read once for all tests of a process."""

    _shared: ClassVar[Edition | None] = None

    async def newest(self) -> Edition:
        if SharedContents._shared is None:
            SharedContents._shared = await super().newest()
        return SharedContents._shared

    async def edition(self, version: str) -> Edition:
        return await self.newest()


class NoWorker:
    """In place of durable workflows: what is enqueued waits."""

    def register(self, name: str, workflow: Any) -> None:
        pass

    async def enqueue(self, connection: AsyncConnection, *args: Any, **options: Any) -> None:
        pass


@dataclass
class Clinic:
    """Everything behind the pages, and the pages."""

    database: Database
    store: FhirStore
    conversations: Conversations
    outbox: Outbox
    app: FastAPI
    recordings: Path
    clock: Clock
    delivered: list[str] = field(default_factory=list)

    async def follow_up(
        self,
        resident_id: str,
        channel: Channel = "voice_text",
        deliver: bool = True,
        hang_up_at: str | None = None,
        **answers: str,
    ) -> str:
        """Hold a whole conversation, or up to the question that she hangs up on, and give its id."""
        said = ANSWERS | answers
        reply = await self.conversations.start(
            flow="followup_hypertension", channel=channel, resident_id=resident_id
        )
        for _ in range(60):
            wait = reply.wait
            if wait is None:
                break
            self.clock.pass_(seconds=8)
            incoming: Incoming = TextIn(text=said.get(wait.slot or "", "对"))
            if wait.slot == "identity" and "哪一年" in wait.question:
                incoming = TextIn(text=BORN[resident_id])
            elif wait.reading_back:
                incoming = TextIn(text="对")
            elif wait.slot == hang_up_at:
                incoming = HungUpIn()
            reply = await self.conversations.receive(reply.conversation_id, incoming)
        assert reply.ended, reply
        if deliver:
            await self.deliver(reply.conversation_id)
        return reply.conversation_id

    async def deliver(self, conversation_id: str) -> None:
        """Bring the chart entry of a conversation to the record service."""
        state = await self.outbox.attempt(chart_effect(conversation_id))
        assert state == "delivered", await self.outbox.dead_letters("default")

    async def record(self, conversation_id: str, sound: bytes, seconds: float) -> None:
        """Let the conversation have been a call with this recording, answered when it began."""
        path = self.recordings / f"{conversation_id}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound)
        async with self.database.transaction() as connection:
            call = {"id": f"call-{conversation_id}", "conversation_id": conversation_id}
            times = {"placed_at": START, "answered_at": START, "ended_at": START + timedelta(seconds=seconds)}
            kind = {"flow": "followup_hypertension", "line": "simulated", "direction": "outbound"}
            await connection.execute(
                insert(calls).values(**call, **times, **kind, state="ended", resident_id="resident-1")
            )
            await connection.execute(
                insert(recordings).values(
                    id=f"recording-{conversation_id}",
                    call_id=call["id"],
                    conversation_id=conversation_id,
                    path=path.name,
                    sha256="0" * 64,
                    seconds=seconds,
                    created_at=self.clock(),
                )
            )

    async def audited(self) -> list[tuple[str, str, str, str | None]]:
        """Who did what to what of whom, in order."""
        columns = (audit.c.actor, audit.c.action, audit.c.resource, audit.c.resident_id)
        async with self.database.read() as connection:
            rows = await connection.execute(select(*columns).order_by(audit.c.id))
            return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def search(self, type_: str, **parameters: str) -> list[dict[str, Any]]:
        """Resources of the charts."""
        named = [(name.replace("_", "-"), value) for name, value in parameters.items()]
        return [stored.content for stored in (await self.store.search(type_, named)).found]


async def people(database: Database) -> None:
    """Eight residents on file, the doctor who signs in, and another organisation."""
    store = FhirStore(database, now=Clock())
    await seed(store, today=START.date(), centre_name="幸福里社区卫生服务中心", centre_phone="010-62345678")
    async with database.transaction() as connection:
        await connection.execute(insert(organizations).values(id="elsewhere", name="别处", phone=""))
        await connection.execute(insert(staff).values(id="practitioner-1", name="张敏", role="doctor"))


def clinic(database: Database, folder: Path) -> Clinic:
    """A clinic on a database that has its `people`."""
    clock = Clock()
    store = FhirStore(database, now=clock)
    durable: Any = NoWorker()
    outbox = Outbox(database, durable, EmbeddedRecords(store), Delivery(), clock)
    alerts = Alerts(database, durable, outbox, Escalation(), clock)
    contents = SharedContents(database, ROOT / "nlu_data")
    actions = Actions(timeout_seconds=5)
    register_assess(actions)
    conversations = Conversations(
        database=database,
        contents=contents,
        understander=GrammarUnderstander(_lexicon()),
        records=EmbeddedRecords(store),
        actions=actions,
        alerts=alerts,
        finishing=Finishing(database, outbox, clock),
        centre=Centre(name="幸福里社区卫生服务中心", phone="010-62345678"),
        clock=clock,
    )
    desk = Desk(
        database=database,
        charts=EmbeddedCharts(store),
        contents=contents,
        alerts=alerts,
        recordings=folder / "recordings",
        speech_model="synthetic-speech",
        now=clock,
    )
    app = _application(desk)
    return Clinic(database, store, conversations, outbox, app, folder / "recordings", clock)


def _lexicon() -> Lexicon:
    return Lexicon.load(ROOT / "nlu_data")


def _application(desk: Desk) -> FastAPI:
    app = FastAPI()
    tokens = {
        DOCTOR: Principal(id="practitioner-1", role="doctor"),
        SERVICE: Principal(id="machine", role="service"),
        STRANGER: Principal(id="practitioner-9", role="doctor", organization_id="elsewhere"),
    }
    access = Access([(sha256(t.encode()).digest(), who) for t, who in tokens.items()], b"signing-key")
    app.state.access = access
    app.state.sessions = Sessions(access, secure=False)
    app.state.console = desk
    app.include_router(router())
    return app
