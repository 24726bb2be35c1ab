"""`evaluate`: how well sentences are understood: cross-validation, a trained model, or two compared."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.commands.model_training import (
    Material,
    acts_of_domain,
    clear_failures,
    encoder_settings,
    progress_bar,
    read_material,
    require_torch,
)
from assistant.commands.terminal import CommandFailed, err, out, warnings_only
from assistant.commands.train import DataArgument, EpochsOption, doing
from assistant.engines import model_store
from assistant.settings import Settings, load_settings
from assistant.understanding import Lexicon
from assistant.understanding.data.examples import Example
from assistant.understanding.data.folds import grouped_folds, stratified_folds
from assistant.understanding.evaluation import report
from assistant.understanding.evaluation.comparison import compare as compare_judged
from assistant.understanding.evaluation.cross_validation import (
    CrossValidation,
    FoldResult,
    cross_validate,
    judge_with,
)
from assistant.understanding.evaluation.frozen import FROZEN, read_frozen
from assistant.understanding.evaluation.measures import Judged, Measures, measure
from assistant.understanding.prediction import Predictor
from assistant.understanding.serving.loading import open_runtime

ACTIVE = "active"
ModelOption = "A version (`assistant models list`), `active`, or a model folder."


def evaluate(
    data: DataArgument = None,
    model: Annotated[
        str | None, typer.Option(help=f"Judge this model instead of training. {ModelOption}")
    ] = None,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(help="Judge two models on the same examples.", metavar="A B")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts of the cross-validation.")] = 5,
    stratified: Annotated[
        bool, typer.Option("--stratified/--grouped", help="Grouped: a pattern is never learned and tested.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the folds and of the training.")] = 0,
    epochs: EpochsOption = None,
    errors: Annotated[int, typer.Option(min=0, help="How many sentences to list.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="All figures, for programs.")] = False,
) -> None:
    """Measure understanding, show what is taken for what, and list the sentences that go wrong.

    Without --model and --compare: cross-validation, a model trained for each fold and judged on the rest.
    With one of them: on the data given, else on the frozen test set.

    Examples: assistant evaluate; assistant evaluate --model active; assistant evaluate --compare A B my.jsonl
    """
    if model is not None and compare is not None:
        raise CommandFailed("--model and --compare exclude each other", exit_code=2)
    warnings_only()
    settings = load_settings()
    with clear_failures():
        if compare is not None:
            _compare(settings, data or [], compare, errors, as_json)
        elif model is not None:
            judged = _judge(settings, model, _tested(settings, data or []))
            _print(judged, measure(judged), (), errors, as_json)
        else:
            found = _cross_validate(settings, data or [], folds, stratified, seed, epochs, as_json)
            _print(found.judged, found.measures, found.folds, errors, as_json)


def _cross_validate(
    settings: Settings,
    paths: Sequence[Path],
    folds: int,
    stratified: bool,
    seed: int,
    epochs: int | None,
    quiet: bool,
) -> CrossValidation:
    require_torch()
    from assistant.understanding.training import trainer

    material = read_material(settings, paths)
    encoder = encoder_settings(settings, epochs)
    try:
        parts = (stratified_folds if stratified else grouped_folds)(material.examples, folds, seed)
    except ValueError as error:
        raise CommandFailed(f"{material.title}: {error}") from None
    with tempfile.TemporaryDirectory() as place, progress_bar(quiet) as told:

        def train(examples: Sequence[Example], fold: int) -> Predictor:
            folder = Path(place) / str(fold)
            trainer.train(
                examples,
                folder,
                encoder,
                seed=seed,
                acts_of_intents=material.acts,
                progress=lambda at: told(
                    (fold + at.done / at.total) / folds, f"fold {fold + 1} of {folds}, {doing(at)}"
                ),
            )
            return open_runtime(folder, device="cpu")

        def on_fold(result: FoldResult) -> None:
            if not quiet:
                figures = result.measures
                err.print(
                    f"fold {result.fold + 1}: accuracy {figures.intent_accuracy:.4f}, macro-F1 "
                    f"{figures.intent_macro_f1:.4f}, learned {result.trained_on} in {result.seconds:.0f} s"
                )

        try:
            return cross_validate(material.examples, parts, train, material.acts, on_fold)
        except ValueError as error:
            raise CommandFailed(f"{material.title}: {error}") from None


def _compare(
    settings: Settings, paths: Sequence[Path], models: tuple[str, str], most: int, as_json: bool
) -> None:
    tested = _tested(settings, paths)
    first, second = (_judge(settings, model, tested) for model in models)
    compared = compare_judged(first, second)
    if as_json:
        _print_json(compared.as_json())
    else:
        out.print(report.comparison(compared, models, most))


def _tested(settings: Settings, paths: Sequence[Path]) -> Material:
    if paths:
        return read_material(settings, paths)
    frozen = read_frozen(settings.home)
    if not frozen:
        raise CommandFailed(f"no frozen test set in {settings.home / FROZEN}; name the data to judge on")
    return Material(frozen, acts_of_domain(settings), "the frozen test set")


def _judge(settings: Settings, model: str, tested: Material) -> list[Judged]:
    return judge_with(
        open_runtime(_folder(settings, model), device=settings.config.device), tested.examples, tested.acts
    )


def _folder(settings: Settings, model: str) -> Path:
    """The folder of a model that was named in one of three ways. Raises ModelError."""
    if Path(model).is_dir():
        return Path(model)
    store = model_store(settings, Lexicon.load(settings.content_home))
    return store.folder(store.active().version if model == ACTIVE else model)


def _print(
    judged: Sequence[Judged], measures: Measures, folds: Sequence[FoldResult], most: int, as_json: bool
) -> None:
    if as_json:
        parts = [{"fold": one.fold, "seconds": one.seconds, **one.measures.as_json()} for one in folds]
        _print_json(
            {**measures.as_json(), "folds": parts, "errors": [_shape(one) for one in judged if not one.right]}
        )
        return
    out.print(report.per_label("Intents", dict(measures.intents)))
    for title, scores in (("Acts", measures.acts), ("Entities", measures.entity_kinds)):
        if scores:
            out.print(report.per_label(title, dict(scores)))
    if measures.confusions:
        out.print(report.confusion_picture(measures, judged))
    if most:
        out.print(report.errors(judged, most), soft_wrap=True)
    out.print(report.summary(measures, folds))


def _shape(one: Judged) -> dict[str, Any]:
    return {
        "source": one.example.source,
        "text": one.example.text,
        "intent": one.example.intent,
        "predicted": one.intent,
        "confidence": one.confidence,
    }


def _print_json(shape: dict[str, Any]) -> None:
    typer.echo(json.dumps(shape, ensure_ascii=False, indent=2))
