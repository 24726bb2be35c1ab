"""The `assistant` command."""

import os
import sys
from collections.abc import Callable

import typer
from sqlalchemy.exc import OperationalError

from assistant.commands import (
    calling,
    chatting,
    content,
    data,
    database,
    evaluate,
    models,
    parse,
    replaying,
    serving,
    speech,
    train,
)
from assistant.commands.terminal import CommandFailed, err
from assistant.content import ContentErrors
from assistant.settings import SettingsError
from assistant.storage import DatabaseUrlError
from assistant.understanding import LexiconError
from voice.ports import VoiceError

app = typer.Typer(
    name="assistant",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Voice and chat assistant for community health centres.\n\n"
    "Follow-up calls that end in the chart, as drafts for the doctor to sign. "
    "Settings: config.yml and nlu_data in ASSISTANT_HOME (default: this folder); HOST, PORT, DATABASE_URL, "
    "ASSISTANT_ENV in the environment.",
)

PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Serve": (serving.serve, database.migrate, database.seed),
    "Try": (calling.demo, calling.call, chatting.chat),
    "Understanding": (train.train, evaluate.evaluate),
    "Look closer": (parse.parse, speech.transcribe, speech.say, replaying.replay, content.check),
}
for panel, commands in PANELS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(data.app, name="data", rich_help_panel="Understanding")
app.add_typer(models.app, name="models", rich_help_panel="Understanding")


def main() -> None:
    """Run the command line. A failure is one clear line and an exit code, never a traceback."""
    try:
        app()
    except CommandFailed as error:
        _fail(str(error), error.exit_code)
    except (ContentErrors, DatabaseUrlError, LexiconError, SettingsError, VoiceError) as error:
        _fail(str(error), 1)
    except OperationalError as error:
        _fail(f"DATABASE_URL: the database cannot be used: {str(error.orig).strip().splitlines()[0]}", 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


def _fail(message: str, exit_code: int) -> None:
    err.print(f"assistant: {message}", style="red", markup=False, soft_wrap=True)
    sys.exit(exit_code)
