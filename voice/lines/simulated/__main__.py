"""One simulated call, in a process of its own.

The first line of standard input is the job (see `Job`); every further line is a reply of the assistant's: its
messages and what it waits for. Standard output tells how the call goes, one JSON object a line: ringing,
no_answer, busy. The process ends with the call, and with its standard input.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from voice.lines.simulated.acoustics import Acoustics
from voice.lines.simulated.carrier import Carrier
from voice.lines.simulated.job import Job
from voice.lines.simulated.persona import Persona, load
from voice.lines.simulated.resident import Asked, Resident
from voice.lines.simulated.transcript import Transcript

RING_SECONDS: Final = 0.6
UNANSWERED_SECONDS: Final = 1.5


def _tell(event: str, **fields: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


async def main() -> None:
    """Rings, and if somebody answers, holds the call."""
    lines = await _lines()
    job = Job.model_validate_json(await lines.readline())
    persona = load(Path(job.personas), job.persona)
    _tell("ringing")
    if persona.answers in ("nobody", "busy"):
        await asyncio.sleep(UNANSWERED_SECONDS / job.speed)
        _tell("no_answer" if persona.answers == "nobody" else "busy")
        return
    await asyncio.sleep(RING_SECONDS / job.speed)
    try:
        await _talk(job, persona, lines)
    except (OSError, WebSocketException) as error:
        _tell("failed", error=f"{type(error).__name__}: {error}")


async def _talk(job: Job, persona: Persona, lines: asyncio.StreamReader) -> None:
    line = (
        persona.line.model_copy(update={"noise_snr_db": job.noise_snr_db})
        if job.noise_snr_db
        else persona.line
    )
    acoustics = Acoustics(line, job.seed)
    transcript = Transcript(job.transcript)
    tasks: set[asyncio.Task[None]] = set()

    def press(key: str) -> None:
        tasks.add(asyncio.create_task(carrier.press(key)))

    resident = Resident(persona, job.seed, job.birth_year, job.speed, acoustics, press, transcript.note)
    transcript.note("facts", facts={slot: fact.value for slot, fact in resident.facts.items()})
    async with connect(job.media_url, compression=None, open_timeout=10) as socket:
        parameters = {"call_id": job.call_id, "token": job.token}
        carrier = Carrier(socket, parameters, resident.tick, speed=job.speed, late=line.late, seed=job.seed)
        resident.pick_up()
        listening = asyncio.create_task(_listen(lines, resident))
        try:
            await carrier.run(resident.gone)
        finally:
            listening.cancel()


async def _listen(lines: asyncio.StreamReader, resident: Resident) -> None:
    """Passes the assistant's replies on; when there will be no more, the test bed is gone and so is she."""
    while line := await lines.readline():
        resident.asked(Asked.read(json.loads(line)))
    resident.gone.set()


if __name__ == "__main__":
    asyncio.run(main())
