"""`call` and `demo`: one simulated call with real audio, shown live."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from assistant.commands.following import follow, place
from assistant.commands.local_server import reached, running
from assistant.commands.terminal import CommandFailed, out
from assistant.settings import Settings, load_settings

FLOW = "followup_hypertension"
PERSONA = "wang_xiuying"
RESIDENT = "resident-1"

FlowOption = Annotated[str, typer.Option(help="The flow to run.")]
PersonaOption = Annotated[str, typer.Option(help="Who picks up: a file of nlu_data/personas.")]
ResidentOption = Annotated[str, typer.Option(help="Patient.id of the resident who is rung.")]


def call(
    resident: ResidentOption = RESIDENT,
    flow: FlowOption = FLOW,
    persona: PersonaOption = PERSONA,
) -> None:
    """Place one simulated call and show it live: every turn, the slots, the timings.

    The call goes through the server at HOST and PORT when one runs there, else through one inside this
    command; either way it is in this installation's chart afterwards.

    Example: assistant call --persona corrects_herself
    """
    asyncio.run(_call(load_settings(), simulated(resident, flow, persona)))


async def _call(settings: Settings, request: dict[str, str]) -> None:
    async with reached(settings) as server:
        ended = await follow(server, await place(server, request))
    if ended["disposition"] == "failed":
        raise CommandFailed(f"the call failed: {ended.get('error') or 'see the server log'}")


def demo(persona: PersonaOption = PERSONA) -> None:
    """Show the whole way once, from the ring to the chart, on throw-away data; nothing is left behind.

    Example: assistant demo --persona chest_pain
    """
    with tempfile.TemporaryDirectory(prefix="assistant-demo-") as folder:
        settings = load_settings(var_folder=Path(folder), database=SecretStr(f"sqlite:///{folder}/demo.db"))
        out.print("A server with eight invented residents starts on throw-away data …")
        asyncio.run(_demo(settings, simulated(RESIDENT, FLOW, persona)))


async def _demo(settings: Settings, request: dict[str, str]) -> None:
    async with running(settings) as server:
        await follow(server, await place(server, request))


def simulated(resident: str, flow: str, persona: str) -> dict[str, str]:
    """The body of `POST /api/calls` for a simulated call."""
    return {"resident_id": resident, "flow": flow, "line": "simulated", "persona": persona}
