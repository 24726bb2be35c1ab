"""`python -m benchmarks.call`: places simulated calls on a server of its own and prints what came of them."""

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.call.comparison import compare
from benchmarks.call.plan import PlannedCall, plan
from benchmarks.call.report import CallResult, as_json, missed, summary, text
from benchmarks.call.server import Server, running

HOME = Path(__file__).parents[2]
LONGEST_CALL = 900.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.call", description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--fast", action="store_true", help="18 calls")
    parser.add_argument("--concurrency", type=int, default=8, help="calls at a time (default 8)")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="run the line so many times faster than real"
    )
    parser.add_argument("--persona", action="append", help="only this one (may be repeated)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    return parser.parse_args()


async def main(options: argparse.Namespace) -> int:
    planned = plan(HOME / "nlu_data" / "personas", 18 if options.fast else options.calls, options.persona)
    began = time.monotonic()
    with (
        TemporaryDirectory(prefix="benchmark-call-") as folder,
        (Path(folder) / "server.log").open("wb") as out,
    ):
        async with running(HOME, Path(folder), out) as server:
            gate = asyncio.Semaphore(options.concurrency)
            results = await asyncio.gather(*(_call(server, one, gate, options.speed) for one in planned))
            load = server.load
        log = (Path(folder) / "server.log").read_text(encoding="utf-8", errors="replace")
    settings = {"concurrency": options.concurrency, "speed": options.speed}
    figures = summary(results, load, time.monotonic() - began, settings)
    print(text(figures, results))
    _keep(figures, results, log)
    short = missed(figures)
    print("\nall targets met" if not short else "\nmissed: " + "; ".join(short))
    return 1 if short and options.strict else 0


async def _call(server: Server, one: PlannedCall, gate: asyncio.Semaphore, speed: float) -> CallResult:
    async with gate:
        placed = await server.client.post("/api/calls", json={**one.body, "speed": speed})
        if placed.status_code != 201:
            raise SystemExit(f"the server refused a call: {placed.status_code} {placed.text}")
        call = await _ended(server.client, placed.json()["id"])
    facts, waits = _heard_by_the_resident(server.data / "simulated" / f"{call['id']}.jsonl", speed)
    conversation: dict[str, Any] = {"slots": {}, "transcript": []}
    if call["conversation_id"]:
        conversation = (await server.client.get(f"/api/conversations/{call['conversation_id']}")).json()
    slots = conversation["slots"]
    result = CallResult(
        persona=one.persona.persona,
        seed=one.seed,
        noise=one.noise,
        call_id=call["id"],
        expected=one.persona.expect.disposition,
        omit=one.persona.expect.omit,
        disposition=call["disposition"],
        seconds=_lasted(call) * speed,
        turns=call["timings"],
        waits=waits,
        transcript=[f"{line['role']}: {line['text']}" for line in conversation["transcript"]],
        fields=compare(facts, one.persona.expect.omit, slots) if slots else [],
        error=call["error"],
    )
    print(
        f"{result.persona:18} seed {result.seed:3} {result.disposition} ({result.seconds:.0f} s)", flush=True
    )
    return result


async def _ended(client: httpx.AsyncClient, call_id: str) -> dict[str, Any]:
    async with asyncio.timeout(LONGEST_CALL):
        while True:
            call: dict[str, Any] = (await client.get(f"/api/calls/{call_id}")).json()
            if call["state"] == "ended":
                return call
            await asyncio.sleep(0.5)


def _lasted(call: dict[str, Any]) -> float:
    """Seconds from the answer to the end."""
    if call["answered_at"] is None:
        return 0.0
    moments = (datetime.fromisoformat(call[name]) for name in ("answered_at", "ended_at"))
    answered, ended = moments
    return (ended - answered).total_seconds()


def _heard_by_the_resident(path: Path, speed: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The facts she had, and each of her turns with how long she was kept waiting for an answer to it."""
    facts: dict[str, Any] = {}
    waits: list[dict[str, Any]] = []
    if not path.exists():
        return facts, waits
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["event"] == "facts":
            facts = event["facts"]
        elif event["event"] == "said":
            waits.append({**event, "latency": None})
        elif waits and waits[-1]["latency"] is None:
            interrupted = event["waited"] < 0.1  # she spoke over us, so we were sounding already
            waits[-1]["latency"] = None if interrupted else event["waited"] / speed
    return facts, [wait for wait in waits if wait["slot"]]


def _keep(figures: dict[str, Any], results: list[CallResult], log: str) -> None:
    folder = HOME / "var" / "benchmarks" / f"call-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    whole = {"figures": figures, "calls": as_json(results)}
    (folder / "results.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    (folder / "server.log").write_text(log, encoding="utf-8")
    print(f"\nkept in {folder.relative_to(HOME)}")


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(arguments())))
