"""`parse`: what the grammar understands in a sentence."""

import asyncio
import json
from typing import Annotated

import typer
from pydantic import ValidationError

from assistant.channels.model_parse import ParseRequest
from assistant.commands.terminal import CommandFailed
from assistant.conversations.clock import ZONE, real_now
from assistant.dialogue.meaning import ValueKind
from assistant.settings import load_settings
from assistant.understanding import GrammarUnderstander, Lexicon
from assistant.understanding.rasa_shape import parse_response


def parse(
    text: Annotated[str, typer.Argument(help="What the resident says.")],
    expects: Annotated[ValueKind | None, typer.Option(help="The kind of value that was asked for.")] = None,
    question: Annotated[str, typer.Option(help="The question as it was asked.")] = "",
    option: Annotated[list[str] | None, typer.Option(help="A choice that was offered; repeatable.")] = None,
    today: Annotated[str | None, typer.Option(help="ISO date (and time) to count from.")] = None,
    channel: Annotated[str, typer.Option(help="voice, voice_text, text, web or wechat.")] = "text",
    reading_back: Annotated[bool, typer.Option(help="A yes or no to a read-back is awaited.")] = False,
) -> None:
    """Show what a sentence means, as JSON: act, intent, values, danger signs. The same as POST /model/parse.

    Example: assistant parse 九十 --expects blood_pressure --question 低压呢？
    """
    given = {
        "text": text,
        "expects": expects,
        "question": question,
        "options": option,
        "today": today,
        "channel": channel,
        "reading_back": reading_back,
    }
    try:
        asked = ParseRequest.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise CommandFailed(
            f"{'.'.join(str(part) for part in first['loc'])}: {first['msg'].removeprefix('Value error, ')}",
            exit_code=2,
        ) from None
    context = asked.context(real_now().astimezone(ZONE))
    meaning = asyncio.run(_understander().understand(asked.text, context))
    typer.echo(json.dumps(parse_response(meaning), ensure_ascii=False, indent=2))


def _understander() -> GrammarUnderstander:
    return GrammarUnderstander(Lexicon.load(load_settings().content_home))
