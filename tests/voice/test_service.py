"""Calls from the order to the record, on a real database, with the carrier in the test's hands."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from assistant.conversations.contents import Contents
from assistant.conversations.host import Conversations
from assistant.conversations.incoming import (
    ConversationEnded,
    HungUpIn,
    Incoming,
    Reply,
    UnknownFlow,
    UnknownResident,
)
from assistant.conversations.ports import RecordService, ResidentRecord
from assistant.dialogue.events import Disposition
from assistant.dialogue.slots import SlotStatus, SlotValue
from assistant.storage import Database
from tests.voice.line_double import (
    RecogniserDouble,
    SynthesiserDouble,
    UnderstanderDouble,
    reply,
    said,
)
from voice.call_log import CallLog
from voice.frames import FRAME_SAMPLES
from voice.lines.dialling import LineNotConfigured, NotConfigured, Order, Progress, Unanswered
from voice.lines.line import LineError
from voice.live import Parts, end_conversation, keep_or_discard
from voice.recording import Recording, part_of
from voice.service import Calls, UnknownCall

AGREED = SlotValue(value=True, status=SlotStatus.STATED)
DECLINED = SlotValue(value=False, status=SlotStatus.STATED)


class ConversationsDouble:
    """Conversations without rows of their own: the call's record names none."""

    def __init__(self) -> None:
        self.received: list[Incoming] = []
        self.ended = False
        self.slots: dict[str, SlotValue] = {}
        self.disposition = Disposition.COMPLETED

    async def start(self, **_: Any) -> Reply:
        raise RuntimeError("the record service is down")

    async def receive(self, conversation_id: str, incoming: Incoming, input_id: str | None = None) -> Reply:
        if self.ended:
            raise ConversationEnded(conversation_id)
        self.received.append(incoming)
        return reply(None, said("再见。")).model_copy(update={"disposition": Disposition.PARTIAL})

    async def read(self, conversation_id: str) -> Any:
        return SimpleNamespace(disposition=self.disposition, slots=self.slots)


class ContentsDouble:
    async def newest(self) -> Any:
        flow = SimpleNamespace(trigger=None)
        return SimpleNamespace(content=SimpleNamespace(flows={"followup_hypertension": flow}))


class RecordsDouble:
    async def resident(self, resident_id: str) -> ResidentRecord | None:
        if resident_id != "resident-1":
            return None
        return ResidentRecord(id=resident_id, name="王秀英", birth_date="1959-03-12")

    async def deliver(self, bundle: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class CarrierDouble:
    """A dialler whose calls are answered, or not, as the test says."""

    def __init__(self) -> None:
        self.news: asyncio.Future[Unanswered] = asyncio.get_running_loop().create_future()
        self.order: Order | None = None
        self.dialled = asyncio.Event()
        self.closed = False

    def check(self, order: Order) -> None:
        if order.persona == "nobody":
            raise ValueError("there is no persona nobody")

    async def dial(self, order: Order, progress: Callable[[Progress], Awaitable[None]]) -> "CarrierDouble":
        await progress("dialling")
        await progress("ringing")
        self.order = order
        self.dialled.set()
        return self

    async def unanswered(self) -> Unanswered:
        return await self.news

    def tell(self, reply: Reply) -> None: ...

    async def close(self) -> None:
        self.closed = True


class Office:
    """The service under test and all that it touches."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.conversations = ConversationsDouble()
        self.carrier = CarrierDouble()
        self.folder = folder
        self.log = CallLog(database)
        self.parts = Parts(
            log=self.log,
            conversations=cast(Conversations, self.conversations),
            understander=UnderstanderDouble(),
            recogniser=RecogniserDouble(),
            synthesiser=SynthesiserDouble(),
            recordings=folder,
        )
        self.calls = Calls(
            self.parts,
            contents=cast(Contents, ContentsDouble()),
            records=cast(RecordService, RecordsDouble()),
            diallers={"simulated": self.carrier, "twilio": NotConfigured("twilio", "set TWILIO_ACCOUNT_SID")},
        )

    async def place(self, **changes: Any) -> str:
        order = Order(**{"resident_id": "resident-1", "persona": "wang", **changes})
        call = await self.calls.place(order, line="simulated", flow="followup_hypertension")
        await self.carrier.dialled.wait()
        return call.id


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(sqlite_database, tmp_path / "recordings")
    yield office
    await office.calls.close()


class Stream:
    """The beginning of a media stream, as a carrier sends it."""

    def __init__(self, call_id: str, token: str) -> None:
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        parameters = {"call_id": call_id, "token": token}
        start = {"callSid": "CA1", "mediaFormat": media, "customParameters": parameters}
        self._messages = [json.dumps({"event": "start", "streamSid": "MZ1", "start": start})]

    async def receive(self) -> str | None:
        return self._messages.pop(0) if self._messages else None

    async def send(self, text: str) -> None: ...

    async def close(self, code: int, reason: str) -> None: ...


@pytest.mark.parametrize("news", ["no_answer", "busy", "failed"])
async def test_a_call_that_nobody_takes(office: Office, news: Unanswered) -> None:
    call_id = await office.place()
    assert (await office.calls.view(call_id)).record.state == "ringing"
    office.carrier.news.set_result(news)
    await office.calls.ended(call_id)
    record = (await office.calls.view(call_id)).record
    assert (record.state, record.disposition, record.conversation_id) == ("ended", news, None)
    assert record.answered_at is None and record.ended_at is not None
    assert office.carrier.closed
    assert await office.calls.recording(call_id) is None


async def test_a_call_is_written_down_before_it_is_dialled(office: Office) -> None:
    record = await office.calls.place(Order("resident-1"), line="simulated", flow="followup_hypertension")
    assert record.state in ("queued", "dialling", "ringing") and record.resident_id == "resident-1"
    assert [call.id for call in await office.calls.newest()] == [record.id]
    await office.carrier.dialled.wait()
    assert office.carrier.order is not None
    assert office.carrier.order.call_id == record.id and office.carrier.order.birth_year == 1959
    assert len(office.carrier.order.media_token) >= 24 and office.carrier.order.media_token not in str(
        office.carrier.order
    )


async def test_what_cannot_be_called_is_refused_and_leaves_nothing(office: Office) -> None:
    with pytest.raises(UnknownResident, match="resident-99"):
        await office.place(resident_id="resident-99")
    with pytest.raises(ValueError, match="no persona nobody"):
        await office.place(persona="nobody")
    with pytest.raises(UnknownFlow, match="known: followup_hypertension"):
        await office.calls.place(Order("resident-1"), line="simulated", flow="followup")
    with pytest.raises(LineNotConfigured, match="'twilio' is not configured: set TWILIO_ACCOUNT_SID"):
        await office.calls.place(Order("resident-1"), line="twilio", flow="followup_hypertension")
    assert await office.calls.newest() == []


async def test_a_media_stream_must_show_the_token_of_its_call(office: Office) -> None:
    call_id = await office.place()
    assert office.carrier.order is not None
    for stream in (Stream(call_id, "guessed"), Stream("another", office.carrier.order.media_token)):
        with pytest.raises(LineError, match="no call waits"):
            await office.calls.media(stream)
    assert (await office.calls.view(call_id)).record.state == "ringing"


async def test_a_ringing_call_can_be_cancelled(office: Office) -> None:
    call_id = await office.place()
    record = await office.calls.cancel(call_id)
    assert (record.state, record.disposition, record.error) == ("ended", "failed", "cancelled")
    assert (await office.calls.cancel(call_id)).state == "ended", "hanging up twice changes nothing"


async def test_a_fault_in_the_conversation_ends_the_call_with_a_record(office: Office) -> None:
    call_id = await office.place()
    assert office.carrier.order is not None
    await office.calls.media(Stream(call_id, office.carrier.order.media_token))
    view = await office.calls.view(call_id)
    assert (view.record.state, view.record.disposition) == ("ended", "failed")
    assert view.record.error is not None and "record service is down" in view.record.error
    assert view.recording is None, "nobody had agreed to one"
    assert not list(office.folder.iterdir())


async def test_another_organisation_does_not_see_a_call(office: Office) -> None:
    call_id = await office.place()
    with pytest.raises(UnknownCall):
        await office.calls.view(call_id, "other")
    with pytest.raises(UnknownCall):
        await office.calls.view("no-such-call")


async def test_calls_of_a_process_that_died_are_ended_at_the_next_start(office: Office) -> None:
    call_id = await office.log.add(
        organization_id="default", resident_id="resident-1", flow="f", line="simulated", persona=None
    )
    await office.log.set(call_id, state="talking")
    recording = Recording(office.folder / f"{call_id}.wav")
    for _ in range(60):
        recording.add(np.full(FRAME_SAMPLES, 7, np.int16), np.zeros(FRAME_SAMPLES, np.int16))
    await recording.close()
    recording.path.rename(part_of(recording.path))

    assert await office.calls.recover() == 1
    view = await office.calls.view(call_id)
    assert (view.record.state, view.record.disposition) == ("ended", "failed")
    assert view.record.error is not None and "process" in view.record.error
    assert not list(office.folder.iterdir()), "nobody had agreed to a recording"
    assert await office.calls.recover() == 0


@pytest.mark.parametrize(
    ("consent", "disposition", "kept"),
    [
        (AGREED, Disposition.COMPLETED, True),
        (AGREED, Disposition.PARTIAL, True),
        (DECLINED, Disposition.REFUSED, False),
        (None, Disposition.PARTIAL, False),
        (None, Disposition.EMERGENCY, True),
    ],
)
async def test_a_recording_is_kept_only_of_a_resident_who_agreed(
    office: Office, consent: SlotValue | None, disposition: Disposition, kept: bool
) -> None:
    call_id = await office.place()
    recorded = await Recording(office.folder / f"{call_id}.wav").close()
    office.conversations.slots = {"consent": consent} if consent else {}
    office.conversations.disposition = disposition
    await keep_or_discard(office.parts, call_id, "one", recorded)
    assert (await office.log.recording(call_id) is not None) is kept
    assert recorded.path.is_file() is kept


async def test_the_conversation_of_such_a_call_is_told(office: Office) -> None:
    conversations = cast(Conversations, office.conversations)
    assert await end_conversation(conversations, "one") == "partial"
    assert office.conversations.received == [HungUpIn(reason="failed")]
    office.conversations.ended = True
    assert await end_conversation(conversations, "one") == "completed", "it had ended by itself before"
