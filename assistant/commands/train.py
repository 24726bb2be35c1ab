"""`train`: a new version of the model that understands sentences."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from assistant.commands.model_training import (
    Material,
    Told,
    clear_failures,
    encoder_settings,
    progress_bar,
    read_material,
    require_torch,
)
from assistant.commands.runtime_agreement import told_agreement
from assistant.commands.terminal import CommandFailed, out, warnings_only
from assistant.conversations.clock import ZONE, real_now
from assistant.engines import model_store
from assistant.settings import Settings, load_settings
from assistant.understanding import Lexicon
from assistant.understanding.evaluation import report
from assistant.understanding.evaluation.cross_validation import judge_with
from assistant.understanding.evaluation.frozen import read_frozen
from assistant.understanding.evaluation.measures import measure
from assistant.understanding.model.card import Card
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.versions import VersionStore

if TYPE_CHECKING:
    from assistant.understanding.training.trainer import Progress

DataArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Rasa YAML or JSON lines ({text, intent, entities?}), files or folders; default: nlu_data.",
        show_default=False,
    ),
]
EpochsOption = Annotated[
    int | None, typer.Option(min=1, help="Default: understanding.encoder of config.yml.")
]


def train(
    data: DataArgument = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Default: a new version among those of this installation.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same model.")] = 0,
    epochs: EpochsOption = None,
    activate: Annotated[
        bool, typer.Option(help="Let the new version serve, once it has been tried.")
    ] = False,
) -> None:
    """Train the model on examples and keep it as a folder with a card.

    At the end it says how well the model does on examples that it did not see, and on the frozen test set
    where this installation has one.

    Examples: assistant train --activate; assistant train my.jsonl --out var/models/mine
    """
    require_torch()
    warnings_only()
    settings = load_settings()
    material = read_material(settings, data or [])
    if activate and (data or folder):
        raise CommandFailed("--activate is for a model of nlu_data kept among the versions", exit_code=2)
    target = (folder or _new_version(settings)).absolute()
    if target.exists():
        raise CommandFailed(f"{target} exists; name a new folder with --out")
    with clear_failures(), progress_bar() as told:
        card = _train(settings, material, target, seed, epochs, told, data or [])
    _print_metrics(card, target)
    with clear_failures():
        agrees = not told_agreement(target, card, material.examples)
        if not data:
            _print_frozen(settings, material, target)
        if activate and not agrees:
            raise CommandFailed(f"{target.name} is not made active: its runtimes do not agree")
        if activate:
            _store(settings).activate(target.name)
            out.print(f"{target.name} is active.")
        elif not data and folder is None:
            out.print(f"To let it serve: assistant models activate {target.name}")


def _train(
    settings: Settings,
    material: Material,
    target: Path,
    seed: int,
    epochs: int | None,
    told: Told,
    paths: list[Path],
) -> Card:
    from assistant.understanding.training import trainer

    arguments = [*map(str, paths), "--seed", str(seed), *(["--epochs", str(epochs)] if epochs else [])]
    try:
        return trainer.train(
            material.examples,
            target,
            encoder_settings(settings, epochs),
            seed=seed,
            name=settings.config.understanding.models.name,
            version=target.name,
            acts_of_intents=material.acts,
            rebuild=" ".join(["assistant train", *arguments]),
            progress=lambda at: told(at.done / at.total, doing(at)),
        )
    except ValueError as error:
        raise CommandFailed(f"{material.title}: {error}") from None


def doing(at: "Progress") -> str:
    """What a training is at, for a bar."""
    return f"epoch {at.done} of {at.total}, loss {at.loss:.3f}"


def _new_version(settings: Settings) -> Path:
    now: datetime = real_now().astimezone(ZONE)
    return _store(settings).own / now.strftime("%Y.%m.%d-%H%M%S")


def _store(settings: Settings) -> VersionStore:
    return model_store(settings, Lexicon.load(settings.content_home))


def _print_metrics(card: Card, target: Path) -> None:
    out.print(f"{escape(str(target))}: {card.data.examples} examples, {len(card.labels.intents)} intents")
    for name, value in card.metrics.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        out.print(f"  {name.replace('_', ' ')}: {shown}", markup=False)


def _print_frozen(settings: Settings, material: Material, target: Path) -> None:
    frozen = read_frozen(settings.home)
    if frozen:
        runtime = open_runtime(target, device="cpu")
        table = report.summary(measure(judge_with(runtime, frozen, material.acts)))
        table.title = f"Frozen test set, {table.title}"
        out.print(table)
