"""Calls out on the simulated line: starts the far end as a process and tells it what is being asked."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from assistant.conversations.incoming import Reply
from voice.lines.dialling import Order, Progress, Unanswered
from voice.lines.simulated.job import Job
from voice.lines.simulated.persona import load

DEFAULT_PERSONA: Final = "wang_xiuying"
NOISE_SNR_DB: Final = 15.0
"""The signal-to-noise ratio of an order with `noise`."""
SPEEDS: Final = (0.5, 4.0)
LEAVE_SECONDS: Final = 3.0

_UNANSWERED: Final[dict[str, Unanswered]] = {"no_answer": "no_answer", "busy": "busy", "failed": "failed"}
_log = structlog.get_logger(__name__)


class SimulatedDialler:
    """`personas` is the folder of personas, `media_url` our own media endpoint, as seen from this machine."""

    def __init__(self, personas: Path, media_url: Callable[[], str], transcripts: Path | None = None) -> None:
        self._personas = personas
        self._media_url = media_url
        self._transcripts = transcripts

    def check(self, order: Order) -> None:
        """Raises ValueError for an unknown persona or a speed out of range."""
        load(self._personas, order.persona or DEFAULT_PERSONA)
        if not SPEEDS[0] <= order.speed <= SPEEDS[1]:
            raise ValueError(f"speed must lie between {SPEEDS[0]} and {SPEEDS[1]}")

    async def dial(self, order: Order, progress: Callable[[Progress], Awaitable[None]]) -> "SimulatedCall":
        await progress("dialling")
        job = Job(
            call_id=order.call_id,
            token=order.media_token,
            media_url=self._media_url(),
            personas=str(self._personas),
            persona=order.persona or DEFAULT_PERSONA,
            birth_year=order.birth_year,
            seed=order.seed,
            noise_snr_db=NOISE_SNR_DB if order.noise else None,
            speed=order.speed,
            transcript=self._transcript(order.call_id),
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "voice.lines.simulated",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        call = SimulatedCall(process, progress)
        call.write(job.model_dump_json())
        return call

    def _transcript(self, call_id: str) -> str | None:
        if self._transcripts is None:
            return None
        self._transcripts.mkdir(parents=True, exist_ok=True)
        return str(self._transcripts / f"{call_id}.jsonl")


class SimulatedCall:
    """The process at the far end."""

    def __init__(
        self, process: asyncio.subprocess.Process, progress: Callable[[Progress], Awaitable[None]]
    ) -> None:
        self._process = process
        self._progress = progress
        self._reading = asyncio.create_task(self._read())

    async def unanswered(self) -> Unanswered:
        return await asyncio.shield(self._reading)

    def tell(self, reply: Reply) -> None:
        """What is being asked, in the open: the far end needs no speech recognition of its own."""
        wait = reply.wait
        self.write(
            json.dumps(
                {
                    "messages": [message.text for message in reply.messages],
                    "wait": wait.model_dump(mode="json", include={"slot", "expects", "reading_back"})
                    if wait
                    else None,
                },
                ensure_ascii=False,
            )
        )

    def write(self, line: str) -> None:
        """Sends one line to the process, if it is still there."""
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(line.encode() + b"\n")

    async def close(self) -> None:
        """Lets the process go; one that does not is killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> Unanswered:
        """Follows the process; ends only with the news that the call was not answered."""
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            news = json.loads(line)
            if news["event"] == "ringing":
                await self._progress("ringing")
            elif news["event"] in _UNANSWERED:
                if "error" in news:
                    _log.warning("simulated_call_failed", error=news["error"])
                return _UNANSWERED[news["event"]]
        return "failed"
