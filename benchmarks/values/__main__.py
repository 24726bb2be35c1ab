"""`python -m benchmarks.values`: per kind of value, how many cases are right and how many would harm."""

from collections import Counter
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from assistant.dialogue.meaning import ValueKind
from assistant.understanding import Lexicon
from benchmarks.values.grading import Verdict, taken, verdict
from benchmarks.values.tables import Case, cases_of

CONTENT = Path(__file__).parents[2] / "nlu_data"


def main(kind: list[ValueKind] | None = None, fresh: bool = False, errors: bool = False) -> None:
    """Print the table: of the named kinds, of the fresh tables only, with the cases that are not right."""
    lexicon = Lexicon.load(CONTENT)
    console = Console()
    picture = Table(
        "kind", "cases", "right", "share", *(fault.value for fault in Verdict if fault != "right")
    )
    for each in kind or list(ValueKind):
        cases = [case for case in cases_of(each) if case.fresh or not fresh]
        verdicts = [verdict(case, taken(case, lexicon)) for case in cases]
        counts = Counter(verdicts)
        share = counts[Verdict.RIGHT] / len(cases)
        faults = (str(counts[fault]) for fault in Verdict if fault is not Verdict.RIGHT)
        picture.add_row(each.value, str(len(cases)), str(counts[Verdict.RIGHT]), f"{share:.1%}", *faults)
        if errors:
            _print_errors(console, cases, verdicts, lexicon)
    console.print(picture)


def _print_errors(console: Console, cases: list[Case], verdicts: list[Verdict], lexicon: Lexicon) -> None:
    for case, found in zip(cases, verdicts, strict=True):
        if found is Verdict.RIGHT:
            continue
        wanted = {key: value for key, value in case.wanted.items() if key not in ("say", "options")}
        got = [(value.value, value.approx, value.needs_confirmation) for value in taken(case, lexicon)]
        console.print(f"{case.kind.value} {found.value}: {case.say}\n    {wanted}\n    {got}", markup=False)


if __name__ == "__main__":
    typer.run(main)
