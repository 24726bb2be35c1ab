"""Trains and measures our understanding, stock Rasa and a linear SVM on the same splits of the same data.

Everything that was measured is kept in benchmarks/understanding/results (figures, never texts), with the hash
of the data and settings. Rasa takes hours; what it was trained on once is never trained again, and a run that
was broken off goes on where it was. Ours and the SVM are measured anew unless --resume is given.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from assistant.understanding.data.examples import DataError
from benchmarks.understanding import serving_table
from benchmarks.understanding.engines import TITLES, Bench
from benchmarks.understanding.outcome import Outcome, score
from benchmarks.understanding.results import Results, machine
from benchmarks.understanding.serving import measure_serving
from benchmarks.understanding.sets import MissingSet
from benchmarks.understanding.splits import FOLDS, SETS, Split
from benchmarks.understanding.table import render
from integrations.rasa.environment import RasaUnavailable

HOME = Path(__file__).parents[2]
EXAMPLES = """examples:
  python -m benchmarks.understanding                         everything (hours, for Rasa's trainings)
  python -m benchmarks.understanding --engines ours,svm --sets kuake
  python -m benchmarks.understanding --engines rasa --resume  go on with Rasa's trainings
  python -m benchmarks.understanding --table                 print what is kept, measure nothing
  python -m benchmarks.understanding --latency --sets nlu_data  serve each engine and put load on it
  python -m benchmarks.understanding --device cuda           utterances a second against batch size
"""


def choice_of(known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads a comma-separated choice of `known`."""

    def read(text: str) -> list[str]:
        wanted = [name.strip() for name in text.split(",") if name.strip()]
        strange = [name for name in wanted if name not in known]
        if strange or not wanted:
            said = ", ".join(strange) or "nothing"
            raise argparse.ArgumentTypeError(f"{said}: known are {', '.join(known)}")
        return wanted

    return read


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.understanding",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sets, engines, folds = list(SETS), list(TITLES), [str(fold) for fold in range(FOLDS)]
    add = parser.add_argument
    add("--sets", type=choice_of(sets), default=sets, help=f"only these of {','.join(sets)}")
    add("--engines", type=choice_of(engines), default=engines, help=f"only these of {','.join(engines)}")
    add("--folds", type=choice_of(folds), default=folds, help="only these of the folds, counted from 0")
    add("--resume", action="store_true", help="measure only what is not kept or no longer holds")
    add("--table", action="store_true", help="print what is kept; measure nothing")
    add("--latency", action="store_true", help="measure serving instead: cold start, memory, latency, load")
    add("--device", choices=("cpu", "cuda"), help="measure the throughput of batches on it instead")
    add("--seconds", type=float, default=8.0, help="with --latency: seconds of load at each step (8)")
    add("--data", type=Path, default=HOME.parent / "shared" / "data", help="folder of the public sets")
    add("--content", type=Path, default=HOME / "nlu_data", help="our content (nlu_data)")
    add("--nice", type=int, default=10, help="niceness of our trainings (10); Rasa's always have 19")
    add("--threads", type=int, default=2, help="threads of Rasa's trainings (2)")
    return parser.parse_args(given)


def main(options: argparse.Namespace) -> int:
    if options.device:
        command = [sys.executable, "-m", "benchmarks.understanding.throughput", "--device", options.device]
        return subprocess.run(command, cwd=HOME, check=False).returncode
    results = Results()
    bench = Bench(HOME, options.nice, options.threads)
    if options.table:
        show(results, options.sets)
        show_serving(results)
        return 0
    complete, splits = read_sets(options)
    if options.latency:
        return serve(bench, results, splits, options)
    # Rasa comes last: the rest is there while its trainings go on.
    quick = [engine for engine in options.engines if engine != "rasa"]
    jobs = [(engine, split) for split in splits for engine in quick]
    jobs += [("rasa", split) for split in splits if "rasa" in options.engines]
    complete &= measure(bench, results, jobs, resume=options.resume)
    show(results, options.sets)
    return 0 if complete else 1


def serve(bench: Bench, results: Results, splits: Sequence[Split], options: argparse.Namespace) -> int:
    """Measures serving on the first split at hand."""
    if not splits:
        return 1
    try:
        found = measure_serving(bench, splits[0], options.engines, options.seconds, say)
    except RasaUnavailable as problem:
        print(f"{problem}\nor leave Rasa out with --engines ours,svm", file=sys.stderr)
        return 1
    results.keep_serving(found)
    show_serving(results)
    return 0


def read_sets(options: argparse.Namespace) -> tuple[bool, list[Split]]:
    """The splits of the wanted sets; False where one could not be read, which is said."""
    complete = True
    splits: list[Split] = []
    for name in options.sets:
        try:
            found = SETS[name].splits(options.data, options.content)
            splits += [split for split in found if str(split.fold) in options.folds]
        except (MissingSet, DataError) as problem:
            print(f"left out: {name}: {problem}", file=sys.stderr)
            complete = False
    return complete, splits


def measure(bench: Bench, results: Results, jobs: Sequence[tuple[str, Split]], *, resume: bool) -> bool:
    """Trains and scores every job that is not kept already; False where an engine was not available."""
    complete = True
    open_jobs = [
        (engine, split)
        for engine, split in jobs
        if not ((resume or engine == "rasa") and kept(bench, results, engine, split))
    ]
    began = time.monotonic()
    for done, (engine, split) in enumerate(open_jobs):
        left = f", about {_left(began, done, len(open_jobs))} left" if done else ""
        say(f"[{done + 1}/{len(open_jobs)}] {TITLES[engine]}: {split.name}{left}")
        try:
            trained = bench.train(engine, split, say)
        except RasaUnavailable as problem:
            print(f"left out: {problem}", file=sys.stderr)
            complete = False
            continue
        outcome = score(engine, split, trained, bench.key(engine, split), machine())
        results.keep(outcome)
        say(f"    {summary(outcome)}")
    return complete


def kept(bench: Bench, results: Results, engine: str, split: Split) -> bool:
    return results.find(engine, split.set_name, split.fold, bench.key(engine, split)) is not None


def summary(outcome: Outcome) -> str:
    entities = f", entity F1 {100 * (outcome.entity_f1 or 0):.2f}" if outcome.spans[1] else ""
    took = f"{outcome.seconds:.0f} s, {outcome.cpu_seconds:.0f} CPU s"
    return f"accuracy {100 * outcome.accuracy:.2f}, macro-F1 {100 * outcome.macro_f1:.2f}{entities} ({took})"


def show(results: Results, sets: Sequence[str]) -> None:
    measured = {name: {engine: results.of_set(engine, name) for engine in TITLES} for name in sets}
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(render(measured, {name: SETS[name].title for name in sets}, TITLES))


def show_serving(results: Results) -> None:
    found = results.serving()
    if found:
        Console(width=None if sys.stdout.isatty() else 150).print(serving_table.render(found, TITLES))


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def _left(began: float, done: int, total: int) -> str:
    seconds = (time.monotonic() - began) / done * (total - done)
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


if __name__ == "__main__":
    raise SystemExit(main(arguments()))
