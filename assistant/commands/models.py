"""`models`: the versions of the trained model; which one serves, another one instead, and the way back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from assistant.commands.model_training import require_torch
from assistant.commands.runtime_agreement import told_agreement
from assistant.commands.terminal import CommandFailed, err, out
from assistant.engines import model_store
from assistant.settings import Settings, load_settings
from assistant.understanding.data.examples import DataError, read_training_data
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.model.card import Card, ModelError
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.pointer import Choice
from assistant.understanding.serving.versions import Version, VersionStore

app = typer.Typer(
    no_args_is_help=True,
    help="The versions of the trained model: list, choose the one that serves, go back to the one before.",
)

SHOWN_METRICS = 3

VersionArgument = Annotated[str, typer.Argument(help="As `assistant models list` names it.")]


@app.command(name="list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List the versions, the newest first; the active one is marked."""
    with _failures():
        store = _store(load_settings())
        versions = store.versions()
        active, problem = _active(store)
        if as_json:
            typer.echo(json.dumps(_shape(versions, active, problem), ensure_ascii=False, indent=2))
            return
        if not versions:
            raise CommandFailed(problem or "there is no model")
        out.print(_table(versions, active))
    for version in versions:
        if version.problem:
            err.print(version.problem, style="red", markup=False, soft_wrap=True)
    if problem:
        err.print(problem, style="red", markup=False, soft_wrap=True)


@app.command()
def activate(version: VersionArgument) -> None:
    """Make a version the one that serves. A running server takes it up within seconds, without a pause.

    The version is checked first, file by file, loaded and tried out; one that fails is refused, and what
    serves goes on.
    """
    with _failures():
        settings = load_settings()
        store = _store(settings)
        card = store.check(version)
        open_runtime(store.folder(version), card, settings.config.device)
        choice = store.activate(version)
    out.print(f"{escape(choice.version)} is active.")


@app.command()
def rollback() -> None:
    """Go back to the version that was active before; again, to the one before that."""
    with _failures():
        choice = _store(load_settings()).roll_back()
    out.print(f"{escape(choice.version)} is active again.")


@app.command()
def check(
    version: Annotated[
        str | None, typer.Argument(help="Default: the active one.", show_default=False)
    ] = None,
    compare_runtimes: Annotated[
        bool, typer.Option("--compare", help="Compare ONNX Runtime with torch on our examples.")
    ] = False,
) -> None:
    """Check a version without choosing it: its files, its labels, and that it loads and answers here."""
    with _failures():
        settings = load_settings()
        store = _store(settings)
        name = version or store.active().version
        card = store.check(name)
        folder = store.folder(name)
        open_runtime(folder, card, "cpu")
        out.print(f"{escape(name)}: {len(card.files)} files as the card says; loads and answers.")
        if compare_runtimes:
            require_torch()
            examples = read_training_data(settings.content_home).examples
            if told_agreement(folder, card, examples):
                raise CommandFailed(f"{name}: its runtimes do not agree; train it again")


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (ModelError, DataError) as error:
        raise CommandFailed(str(error)) from None


def _store(settings: Settings) -> VersionStore:
    """The store of this installation, which refuses labels that its domain does not have."""
    return model_store(settings, Lexicon.load(settings.content_home))


def _active(store: VersionStore) -> tuple[Choice | None, str | None]:
    try:
        choice = store.active()
        store.check_chosen(choice)
    except ModelError as error:
        return None, str(error)
    return choice, None


def _table(versions: list[Version], active: Choice | None) -> Table:
    table = Table(title="Models", title_justify="left")
    for name in ("", "version", "place", "intents", "examples", "size", "metrics", "fingerprint"):
        table.add_column(name, justify="right" if name in ("intents", "examples", "size") else "left")
    for version in versions:
        serves = active is not None and active.version == version.name
        card = version.card
        table.add_row(
            "[green]active[/]" if serves else "",
            escape(version.name),
            "shipped" if version.shipped else "own",
            *(
                ("[red]cannot be read[/]", *[""] * 4)
                if card is None
                else (
                    str(len(card.labels.intents)),
                    str(card.data.examples),
                    f"{_size(version.folder, card) / 2**20:.1f} MiB",
                    escape(_metrics(card)),
                    card.fingerprint[:12],
                )
            ),
        )
    return table


def _shape(versions: list[Version], active: Choice | None, problem: str | None) -> dict[str, Any]:
    return {
        "active": active.model_dump(mode="json") if active else None,
        "problem": problem,
        "versions": [
            {
                "version": version.name,
                "folder": str(version.folder),
                "shipped": version.shipped,
                "problem": version.problem,
                "card": version.card.model_dump(mode="json") if version.card else None,
            }
            for version in versions
        ],
    }


def _size(folder: Path, card: Card) -> int:
    """Bytes of the files that are there."""
    return sum((folder / name).stat().st_size for name in card.files if (folder / name).is_file())


def _metrics(card: Card) -> str:
    """The first figures of a card, as it names them."""
    figures = [(name, value) for name, value in card.metrics.items() if isinstance(value, int | float)]
    return ", ".join(f"{name} {value:.3g}" for name, value in figures[:SHOWN_METRICS])
