"""The parts of a running server, put together and started in order."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from assistant.channels.health import Component
from assistant.channels.metrics import Metrics
from assistant.channels.rasa_rest import Chats
from assistant.conversations.actions import Actions
from assistant.conversations.alerts import Alerts
from assistant.conversations.assessing import register_assess
from assistant.conversations.clock import ZONE, RealClock, real_now
from assistant.conversations.contents import Contents
from assistant.conversations.durable import Durable
from assistant.conversations.facts import Centre
from assistant.conversations.finish import Finishing
from assistant.conversations.host import Conversations
from assistant.conversations.outbox import Outbox
from assistant.conversations.ports import RecordService
from assistant.conversations.reaper import Reaper
from assistant.engines import Engine, build_engine
from assistant.records import FhirStore
from assistant.security.access import Access
from assistant.security.audit import auditor
from assistant.security.sessions import Sessions
from assistant.seeding import name_centre, seed_development
from assistant.settings import Settings
from assistant.storage import Database
from assistant.understanding.ports import Understander
from integrations.record.embedded import EmbeddedRecords
from voice.call_log import CallLog
from voice.lines.dialling import Dialler, NotConfigured
from voice.lines.simulated.dialler import SimulatedDialler
from voice.live import Parts
from voice.ports import Recogniser, Synthesiser
from voice.recognisers.vosk import VoskRecogniser
from voice.service import Calls
from voice.synthesisers.pyttsx3 import Pyttsx3Synthesiser

log = structlog.get_logger(__name__)

MEDIA_PATH = "/twilio/media"


@dataclass
class Services:
    """Everything that the routes work with; `app.state.services`.

    `calls`, `recogniser` and `synthesiser` are there from `start` on.
    """

    settings: Settings
    access: Access
    sessions: Sessions
    database: Database
    store: FhirStore
    records: RecordService
    contents: Contents
    engine: Engine
    durable: Durable
    outbox: Outbox
    alerts: Alerts
    conversations: Conversations
    reaper: Reaper
    chats: Chats
    metrics: Metrics
    clock: RealClock
    calls: Calls = field(init=False)
    recogniser: Recogniser = field(init=False)
    synthesiser: Synthesiser = field(init=False)
    ready: bool = False

    @property
    def understander(self) -> Understander:
        """What reads the residents' words."""
        return self.engine.understander

    @property
    def recordings(self) -> Path:
        """Folder of the calls' sound files."""
        return self.settings.var / "recordings"

    def components(self) -> dict[str, Component]:
        """The parts besides the database, for `/healthz`."""
        if not self.ready:
            return {}
        info = self.recogniser.info
        version = self.contents.version
        return {
            "content": Component(status="ok" if version else "failed", detail={"version": version}),
            "understanding": self.engine.component(),
            "outbox": Component(status="ok" if self.durable.running else "failed"),
            "recogniser": Component(status="ok", detail={"model": info.name, "kind": info.kind}),
        }

    async def start(self) -> None:
        """Bring the database up to date, load content and models, and go on with what was left unfinished.

        Raises SettingsError, ContentErrors or VoiceError, each with a message that says what to do.
        """
        config = self.settings.config
        await self.database.migrate()
        await name_centre(self.database, self.store, config.centre)
        if self.settings.development:
            await seed_development(
                self.database, self.store, config.centre, self.clock().astimezone(ZONE).date()
            )
        await self.contents.load()
        await self.engine.start()
        await self._start_voice()
        await self.durable.launch()
        revived = await self.outbox.revive()
        recovered = await self.calls.recover()
        self.reaper.start()
        self.ready = True
        log.info("ready", count=revived + recovered)

    async def stop(self) -> None:
        """Hang up, put everything down, and leave unfinished work for the next start."""
        self.ready = False
        if hasattr(self, "calls"):
            await self.calls.close()
        await self.reaper.stop()
        await self.durable.close()
        if hasattr(self, "synthesiser"):
            await self.synthesiser.close()
        if hasattr(self, "recogniser"):
            await self.recogniser.close()
        await self.engine.close()
        await self.database.dispose()

    async def _start_voice(self) -> None:
        voice = self.settings.config.voice
        model = self.settings.home / voice.recogniser.model
        self.recogniser = await asyncio.to_thread(VoskRecogniser, model)
        self.synthesiser = Pyttsx3Synthesiser(
            cache=self.settings.var / "speech", voice=voice.synthesiser.voice
        )
        self.recordings.mkdir(parents=True, exist_ok=True)
        parts = Parts(
            log=CallLog(self.database),
            conversations=self.conversations,
            understander=self.understander,
            recogniser=self.recogniser,
            synthesiser=self.synthesiser,
            recordings=self.recordings,
        )
        diallers: dict[str, Dialler] = {
            "simulated": SimulatedDialler(
                self.settings.content_home / "personas",
                self._media_url,
                transcripts=self.settings.var / "simulated" if self.settings.development else None,
            ),
            "twilio": NotConfigured("twilio", "no carrier account is set up"),
            "audiosocket": NotConfigured("audiosocket", "no telephone exchange is set up"),
        }
        self.calls = Calls(parts, contents=self.contents, records=self.records, diallers=diallers)

    def _media_url(self) -> str:
        """Our own media endpoint as a program on this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.host, self.settings.host)
        return f"ws://{f'[{host}]' if ':' in host else host}:{self.settings.port}{MEDIA_PATH}"


def build(settings: Settings, clock: RealClock = real_now, records: RecordService | None = None) -> Services:
    """Put the parts together; nothing is opened or started yet. Raises SettingsError.

    `records` takes the place of the embedded record service.
    """
    config = settings.config
    access = Access.load(settings)
    database = Database(settings.database_url)
    store = FhirStore(database, audit=auditor(database, clock), now=clock)
    records = records or EmbeddedRecords(store)
    contents = Contents(database, settings.content_home)
    metrics = Metrics()
    engine = build_engine(settings, metrics.registry)
    durable = Durable(database, settings.worker, settings.var)
    outbox = Outbox(database, durable, records, config.delivery, clock)
    alerts = Alerts(database, durable, outbox, config.escalation, clock)
    actions = Actions(config.conversations.action_seconds)
    register_assess(actions)
    conversations = Conversations(
        database=database,
        contents=contents,
        understander=engine.understander,
        records=records,
        actions=actions,
        alerts=alerts,
        finishing=Finishing(database, outbox, clock),
        centre=Centre(name=config.centre.name, phone=config.centre.phone),
        clock=clock,
    )
    conversations.listeners.append(metrics.turn)
    return Services(
        settings=settings,
        access=access,
        sessions=Sessions(access, secure=not settings.development),
        database=database,
        store=store,
        records=records,
        contents=contents,
        engine=engine,
        durable=durable,
        outbox=outbox,
        alerts=alerts,
        conversations=conversations,
        reaper=Reaper(database, conversations, config.conversations, clock),
        chats=Chats(database, conversations, engine.understander),
        metrics=metrics,
        clock=clock,
    )
