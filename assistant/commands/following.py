"""A call shown while it happens: what is said, what is understood, and at the end how it went."""

import asyncio
import json
from collections import Counter
from typing import Any

import httpx
from rich.markup import escape
from rich.table import Table

from assistant.commands.terminal import CommandFailed, out

PAUSE_SECONDS = 0.4
CHART_SECONDS = 30.0
"""How long the outbox may take until the call is in the chart."""

ROLES = {"assistant": "[cyan]助手[/]", "resident": "[green]居民[/]", "staff": "[magenta]医生[/]"}


async def place(server: httpx.AsyncClient, request: dict[str, Any]) -> str:
    """Place a call; its id. Raises CommandFailed with the server's own words when it declines."""
    answer = await server.post("/api/calls", json=request)
    if answer.status_code >= 400:
        raise CommandFailed(f"the call was not placed: {problem(answer)}")
    return str(answer.json()["id"])


def problem(answer: httpx.Response) -> str:
    """What an error answer (RFC 9457) says."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if answer.status_code == 401:
        return "the server does not accept this token; is ASSISTANT_HOME the folder that it runs in?"
    return str(body.get("detail") or body.get("title") or f"status {answer.status_code}")


async def follow(server: httpx.AsyncClient, call_id: str) -> dict[str, Any]:
    """Print a call until it has ended and is in the chart; the call as it then stands."""
    shown = Shown()
    while True:
        call: dict[str, Any] = await read(server, f"/api/calls/{call_id}")
        shown.state(call["state"])
        conversation_id = call.get("conversation_id")
        conversation = (
            await read(server, f"/api/conversations/{conversation_id}") if conversation_id else None
        )
        if conversation:
            shown.lines(conversation)
        if call["state"] == "ended":
            break
        await asyncio.sleep(PAUSE_SECONDS)
    if conversation_id:
        conversation = await _in_chart(server, conversation_id)
        summary(conversation)
        latencies(call)
    out.print(f"[bold]Ended:[/] {call.get('disposition') or call.get('error')}")
    return call


class Shown:
    """What of a call is on the screen already."""

    def __init__(self) -> None:
        self._state = ""
        self._lines = 0
        self._slots: dict[str, Any] = {}

    def state(self, state: str) -> None:
        """Print the call's state when it is a new one."""
        if state != self._state:
            self._state = state
            out.print(f"[dim]· {state}[/]")

    def lines(self, conversation: dict[str, Any]) -> None:
        """Print the lines of the transcript and the slots that are new."""
        for line in conversation["transcript"][self._lines :]:
            out.print(f"  {ROLES[line['role']]}  {escape(line['text'])}", soft_wrap=True)
        self._lines = len(conversation["transcript"])
        for name, slot in conversation["slots"].items():
            if slot["status"] in ("stated", "confirmed") and self._slots.get(name) != slot:
                out.print(f"        [dim]{name} = {escape(plain(slot['value']))} ({slot['status']})[/]")
            self._slots[name] = slot


def plain(value: Any) -> str:
    """A value of a slot on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def summary(conversation: dict[str, Any]) -> None:
    """Print the slots, the assessment and what lies in the chart."""
    table = Table("slot", "value", "status", title="What was learned", title_justify="left")
    for name, slot in conversation["slots"].items():
        value = "" if slot["value"] is None else escape(plain(slot["value"]))
        table.add_row(name, value, slot["status"])
    out.print(table)
    outcome = conversation.get("outcome") or {}
    for key in ("classification", "alert_level", "next_step", "next_follow_up"):
        if outcome.get(key) is not None:
            out.print(f"[bold]{key}:[/] {escape(plain(outcome[key]))}")
    kinds = Counter(entry["type"] for entry in conversation["chart"])
    chart = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in kinds.items())
    out.print(f"[bold]In the chart, as drafts:[/] {chart or 'nothing yet'}", soft_wrap=True)


def latencies(call: dict[str, Any]) -> None:
    """Print how long the assistant took from the end of the resident's speech to its own first sound."""
    waits = sorted(turn["latency"] for turn in call["timings"] if turn["latency"] is not None)
    if waits:
        middle, slow = waits[len(waits) // 2], waits[min(len(waits) - 1, len(waits) * 95 // 100)]
        out.print(f"[bold]Answering time:[/] median {middle:.2f} s, p95 {slow:.2f} s over {len(waits)} turns")


async def _in_chart(server: httpx.AsyncClient, conversation_id: str) -> dict[str, Any]:
    waited = 0.0
    while True:
        conversation: dict[str, Any] = await read(server, f"/api/conversations/{conversation_id}")
        if conversation["chart"] or waited >= CHART_SECONDS:
            return conversation
        await asyncio.sleep(PAUSE_SECONDS)
        waited += PAUSE_SECONDS


async def read(server: httpx.AsyncClient, path: str) -> Any:
    """What the server answers there. Raises CommandFailed when it does not answer, or not well."""
    try:
        answer = await server.get(path)
    except httpx.HTTPError:
        raise CommandFailed(f"the server at {server.base_url} does not answer any more") from None
    if answer.status_code != 200:
        raise CommandFailed(f"{path}: {problem(answer)}")
    return answer.json()
