"""`python -m voice.training`: builds the small Chinese speech model from nothing."""

import argparse
import os
import sys
import time
from pathlib import Path

from voice.ports import ModelUnusable
from voice.training.directory import NAME
from voice.training.espeak import EspeakMissing
from voice.training.grammar import GrammarError
from voice.training.graph import GraphFailed
from voice.training.pipeline import Job, NotGoodEnough, renew_graph, run
from voice.training.pronunciation import UnknownSyllable
from voice.training.recipe import FULL, QUICK


def main(arguments: list[str] | None = None) -> int:
    home = Path(os.environ.get("ASSISTANT_HOME", "."))
    parser = argparse.ArgumentParser(prog="python -m voice.training", description=__doc__)
    parser.add_argument("--output", type=Path, default=home / "models" / NAME, help="where the model goes")
    parser.add_argument(
        "--work", type=Path, default=home / "var" / "training", help="where finished steps are kept"
    )
    parser.add_argument("--content", type=Path, default=home / "nlu_data", help="the content to cover")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="a useless model in seconds, to try every step")
    parser.add_argument(
        "--graph-only",
        action="store_true",
        help="teach the present model new words, in a minute",
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - started:6.0f} s  {line}", flush=True)

    job = Job(
        recipe=QUICK if options.quick else FULL,
        seed=options.seed,
        work=options.work.absolute(),
        output=options.output.absolute(),
        content=options.content,
        processes=options.processes,
        report=report,
    )
    try:
        (renew_graph if options.graph_only else run)(job)
    except (ModelUnusable, NotGoodEnough, GraphFailed, EspeakMissing, GrammarError, UnknownSyllable) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
