"""`check`: the content of this installation, every defect with its file and line."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assistant.commands.terminal import CommandFailed, err, out
from assistant.content import ContentErrors, Problem, forms, load, read
from assistant.settings import load_settings

HomeOption = Annotated[
    Path | None, typer.Option(help="The folder of config.yml and nlu_data; default: ASSISTANT_HOME.")
]


def check(home: HomeOption = None) -> None:
    """Check config.yml, flows, responses, slots and forms before they go into service.

    Prints each defect as file:line, and ends with exit code 1 when there is one.
    """
    settings = load_settings(**({"home": home} if home else {}))
    _ = settings.config
    try:
        files = read(settings.content_home)
    except FileNotFoundError as error:
        raise CommandFailed(str(error)) from None
    problems = _problems(files)
    for problem in problems:
        err.print(f"{settings.content_home.name}/{escape(str(problem))}", soft_wrap=True)
    if problems:
        raise CommandFailed(f"{len(problems)} defect{'s' if len(problems) > 1 else ''}")
    content = load(files)
    out.print(
        f"{len(files)} files, {len(content.flows)} flows, {len(content.slots)} slots, "
        f"{len(content.responses)} responses: no defect. Version {content.version}."
    )


def _problems(files: dict[str, str]) -> list[Problem]:
    found: set[Problem] = set()
    for reader in (load, forms):
        try:
            reader(files)
        except ContentErrors as errors:
            found.update(errors.problems)
    return sorted(found, key=lambda problem: (problem.file, problem.line))
