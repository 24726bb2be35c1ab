"""Training as the command line does it: what is learned from, the time left, and what is missing."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from assistant.commands.terminal import CommandFailed, err
from assistant.settings import Settings
from assistant.understanding.data.examples import DataError, Example, read_examples, read_training_data
from assistant.understanding.data.intents import parse_domain
from assistant.understanding.model.card import ModelError
from assistant.understanding.model.settings import Settings as EncoderSettings

NEEDED = ("torch", "onnx", "safetensors", "sentencepiece")
INSTALL = "pip install -e '.[train]' -c constraints.txt (README, training: how to get torch for the CPU only)"

LOG_LINES = 20
"""Lines of progress in a log."""

Told = Callable[[float, str], None]
"""Told of progress: the share done, 0 to 1, and what is being done."""


@dataclass(frozen=True, slots=True)
class Material:
    """Examples with the acts of their intents; `title` says where they are from."""

    examples: Sequence[Example]
    acts: Mapping[str, str]
    title: str


def read_material(settings: Settings, paths: Sequence[Path]) -> Material:
    """The examples in the files and folders, or those of the installation. Raises CommandFailed.

    Examples of other intents than the domain's have no acts: a public data set is told from our own by that.
    """
    try:
        if not paths:
            data = read_training_data(settings.content_home)
            return Material(data.examples, data.acts, settings.content_home.name)
        examples = read_examples(paths)
    except DataError as error:
        raise CommandFailed(str(error)) from None
    acts = acts_of_domain(settings)
    ours = all(example.intent in acts for example in examples)
    return Material(examples, acts if ours else {}, ", ".join(path.name for path in paths))


def acts_of_domain(settings: Settings) -> Mapping[str, str]:
    """The act of each intent of the installation; none where it has no domain."""
    file = settings.content_home / "domain" / "intents.yml"
    if not file.is_file():
        return {}
    domain, problems = parse_domain(file.name, file.read_text(encoding="utf-8"))
    if problems:
        raise CommandFailed("\n".join(str(problem) for problem in problems))
    return domain.acts


def require_torch() -> None:
    """Raises CommandFailed, which says how to install it, where anything for training is missing."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise CommandFailed(f"training needs {', '.join(missing)}: {INSTALL}")


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Told]:
    """A bar with the time left for the length of the block; in a log, a line now and then."""
    if quiet:
        yield lambda share, doing: None
    elif not err.is_terminal:
        yield _logged()
    else:
        columns = (
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task("reading", total=1.0)
            yield lambda share, doing: bar.update(task, completed=share, description=doing)


def _logged() -> Told:
    begun, told = monotonic(), 0

    def tell(share: float, doing: str) -> None:
        nonlocal told
        if int(share * LOG_LINES) > told:
            told = int(share * LOG_LINES)
            left = (monotonic() - begun) * (1 - share) / share
            err.print(f"{share:4.0%} {doing}, {left:.0f} s left", markup=False)

    return tell


def encoder_settings(settings: Settings, epochs: int | None) -> EncoderSettings:
    """How to train: `understanding.encoder` of config.yml, with other epochs where told."""
    encoder = settings.config.understanding.encoder
    return encoder if epochs is None else encoder.model_copy(update={"epochs": epochs})


@contextmanager
def clear_failures() -> Iterator[None]:
    """What data or a model cannot do becomes one clear line."""
    try:
        yield
    except (DataError, ModelError) as error:
        raise CommandFailed(str(error)) from None
