"""`data check`: the linter of training data."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assistant.commands.terminal import CommandFailed, err, out
from assistant.settings import load_settings
from assistant.understanding.data.checks import (
    FEWEST_EXAMPLES,
    LEAST_VARIETY,
    Finding,
    IntentSummary,
    Severity,
    check,
    summarise,
)
from assistant.understanding.data.examples import (
    DataError,
    Example,
    Problem,
    TrainingData,
    load_training_data,
    read_examples,
)
from assistant.understanding.evaluation.frozen import read_frozen

app = typer.Typer(no_args_is_help=True, help="Look after the training data: `data check` finds its defects.")

SHOWN_OF_A_RULE = 20


@app.command(name="check")
def check_data(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Rasa YAML or JSON-lines files or folders; default: nlu_data.", show_default=False
        ),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Warnings fail, too.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=f"Show more than {SHOWN_OF_A_RULE} of a rule.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: intents and findings as JSON.")
    ] = False,
    fewest: Annotated[
        int, typer.Option(min=1, help="An intent with fewer examples is thin.")
    ] = FEWEST_EXAMPLES,
) -> None:
    """Find what would teach the model wrongly: duplicates, bad annotations, thin intents, near copies.

    Prints each intent with its examples and distinct structures (the sentence without names, numbers and
    fillers), then each finding as file:line. Exit code 1 when there is an error; with --strict, a warning.
    """
    data, problems, held_out = _read(paths or [])
    findings = check(data, problems, held_out, fewest)
    summaries = summarise(data)
    if as_json:
        shape = {"intents": [asdict(one) for one in summaries], "findings": [asdict(one) for one in findings]}
        typer.echo(json.dumps(shape, ensure_ascii=False, indent=2))
    else:
        out.print(_table(summaries))
        _print(findings, everything)
    errors = sum(one.severity is Severity.ERROR for one in findings)
    warnings = len(findings) - errors
    told = f"{len(data.examples)} examples, {len(summaries)} intents: {_count(errors, 'error')}, "
    told += _count(warnings, "warning")
    if errors or (strict and warnings):
        raise CommandFailed(told)
    if not as_json:
        out.print(f"{told}.")


def _read(paths: list[Path]) -> tuple[TrainingData, list[Problem], list[Example]]:
    settings = load_settings()
    if not paths:
        data, problems = load_training_data(settings.content_home)
        return data, problems, read_frozen(settings.home)
    try:
        return TrainingData(tuple(read_examples(paths)), {}, {}, {}, {}), [], []
    except DataError as error:
        raise CommandFailed(str(error)) from None


def _table(summaries: list[IntentSummary]) -> Table:
    table = Table(title="Training data", title_justify="left")
    table.add_column("intent")
    table.add_column("act", style="dim")
    for name in ("examples", "structures", "share", "entities"):
        table.add_column(name, justify="right")
    for one in summaries:
        share = f"{one.variety:.0%}"
        table.add_row(
            escape(one.intent),
            one.act or "-",
            str(one.examples),
            str(one.structures),
            share if one.variety >= LEAST_VARIETY else f"[yellow]{share}[/]",
            str(one.annotations),
        )
    table.add_section()
    examples, structures = (
        sum(getattr(one, name) for one in summaries) for name in ("examples", "structures")
    )
    entities = sum(one.annotations for one in summaries)
    share = f"{structures / examples:.0%}" if examples else "-"
    table.add_row("all", "", str(examples), str(structures), share, str(entities))
    return table


def _print(findings: list[Finding], everything: bool) -> None:
    seen: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    for one in findings:
        seen[one.rule] += 1
        if one.severity is Severity.WARNING and seen[one.rule] > SHOWN_OF_A_RULE and not everything:
            hidden[one.rule] += 1
            continue
        style = "red" if one.severity is Severity.ERROR else "yellow"
        err.print(str(one), style=style, markup=False, soft_wrap=True)
    for rule, count in hidden.items():
        err.print(f"{count} more of {rule}; --all shows them", style="dim")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
