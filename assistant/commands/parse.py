"""`parse`: what a sentence means, and why; one sentence, or one after the other at a prompt."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from assistant.channels.model_parse import ParseRequest
from assistant.commands.explanation import Explanation, render
from assistant.commands.terminal import CommandFailed, err, out, warnings_only
from assistant.conversations.clock import ZONE, real_now
from assistant.dialogue.meaning import ValueKind
from assistant.engines import opened
from assistant.settings import Settings, load_settings
from assistant.understanding import Lexicon, Understander, understand
from assistant.understanding.rasa_shape import parse_response
from assistant.understanding.trained import TrainedUnderstander

PROMPT = "> "
GUIDE = (
    "One sentence a line. /expects KIND, /question TEXT, /option TEXT and /today DATE set what was asked; "
    "/reset forgets it. Ctrl-D ends."
)
SETTABLE = ("expects", "question", "option", "today")


def parse(
    text: Annotated[
        str | None, typer.Argument(help="What the resident says; without it, sentences are asked for.")
    ] = None,
    expects: Annotated[ValueKind | None, typer.Option(help="The kind of value that was asked for.")] = None,
    question: Annotated[str, typer.Option(help="The question as it was asked.")] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", "--options", help="A choice that was offered; repeatable.")
    ] = None,
    today: Annotated[str | None, typer.Option(help="ISO date (and time) to count from.")] = None,
    channel: Annotated[str, typer.Option(help="voice, voice_text, text, web or wechat.")] = "text",
    reading_back: Annotated[bool, typer.Option(help="A yes or no to a read-back is awaited.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The body of POST /model/parse.")] = False,
) -> None:
    """Show what a sentence means, and why: act, intents, values, danger signs, entities, which part decided.

    Example: assistant parse 九十 --expects blood_pressure --question 低压呢？
    """
    asked: dict[str, Any] = {
        "expects": expects,
        "question": question,
        "options": list(option or []),
        "today": today,
        "channel": channel,
        "reading_back": reading_back,
    }
    _request("", asked)
    warnings_only()
    asyncio.run(_parse(load_settings(), [text] if text is not None else None, asked, as_json))


async def _parse(settings: Settings, texts: list[str] | None, asked: dict[str, Any], as_json: bool) -> None:
    lexicon = Lexicon.load(settings.content_home)
    async with opened(settings) as understander:
        for text in texts if texts is not None else _sentences(asked):
            try:
                request = _request(text, asked)
            except CommandFailed as wrong:
                err.print(str(wrong), style="red", markup=False, soft_wrap=True)
                continue
            explained = await explain(request, understander, lexicon)
            if as_json:
                typer.echo(json.dumps(parse_response(explained.meaning), ensure_ascii=False, indent=2))
            else:
                out.print(render(explained), soft_wrap=True)


async def explain(request: ParseRequest, understander: Understander, lexicon: Lexicon) -> Explanation:
    """The meaning of a sentence with the readings of the grammar and, where there is one, of the model."""
    context = request.context(real_now().astimezone(ZONE))
    prediction = None
    if isinstance(understander, TrainedUnderstander) and request.text.strip():
        with suppress(Exception):  # the understander, too, goes on without it
            prediction = await understander.reader.predict(request.text)
    return Explanation(
        meaning=await understander.understand(request.text, context),
        grammar=understand(request.text, context, lexicon),
        prediction=prediction,
    )


def _sentences(asked: dict[str, Any]) -> Iterator[str]:
    """The lines that are typed, with a history where it is a person who types; commands alter `asked`."""
    typing = sys.stdin.isatty()
    if typing:
        with suppress(ImportError):
            import readline  # noqa: F401 (input() then knows arrow keys and history)
        out.print(GUIDE, style="dim")
    begun = dict(asked)
    while True:
        try:
            line = input(PROMPT if typing else "").strip()
        except EOFError:
            return
        if line == "/reset":
            asked.update(begun, options=list(begun["options"]))
        elif line.startswith("/"):
            _set(asked, line)
        elif line:
            if not typing:
                out.print(f"{PROMPT}{line}", style="dim", markup=False)
            yield line


def _set(asked: dict[str, Any], line: str) -> None:
    name, _, value = line[1:].partition(" ")
    if name not in SETTABLE:
        err.print(f"/{name}: unknown. {GUIDE}", style="red", markup=False, soft_wrap=True)
        return
    key, told = (name, value.strip() or None) if name != "option" else ("options", [*asked["options"], value])
    try:
        _request("", asked | {key: told})
    except CommandFailed as wrong:
        err.print(str(wrong), style="red", markup=False, soft_wrap=True)
        return
    asked[key] = told


def _request(text: str, asked: dict[str, Any]) -> ParseRequest:
    """The request as a client would send it. Raises CommandFailed where it is none."""
    try:
        return ParseRequest.model_validate({"text": text, **asked})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CommandFailed(f"{place}: {first['msg'].removeprefix('Value error, ')}", exit_code=2) from None
