"""Why a sentence means what it means, for a terminal: both readings, the verdict and everything found."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.dialogue.meaning import Meaning, Value
from assistant.understanding.prediction import Prediction

LISTED = 5
_BAR = 24


@dataclass(frozen=True, slots=True)
class Explanation:
    """The meaning and the readings that it came from. `prediction` is None where no model took part."""

    meaning: Meaning
    grammar: Meaning
    prediction: Prediction | None

    @property
    def decided_by(self) -> str:
        """Which part settled the intent, and what the other said."""
        intent, ours = self.meaning.intent.name, self.grammar.intent.name
        if self.meaning.red_flags:
            return "a danger sign"
        if self.prediction is None or not self.prediction.intents:
            return "the grammar; no model is in use"
        theirs = self.prediction.intents[0]
        if intent == ours == theirs.name:
            return "grammar and model agree"
        if intent == ours:
            return f"the grammar, against the model's {theirs.name} ({theirs.confidence:.2f})"
        if intent == theirs.name:
            return f"the model, against the grammar's {ours}"
        return f"the model's second choice; its first was {theirs.name}, the grammar's {ours}"


def render(explained: Explanation) -> RenderableType:
    """The verdict first, then the ranking, then what was found in the words."""
    meaning = explained.meaning
    verdict = Text.assemble(
        ("act ", "dim"), (meaning.act.value, "bold red" if meaning.emergency else "bold"),
        ("   intent ", "dim"), (meaning.intent.name, "bold"), f" {meaning.intent.confidence:.2f}",
        ("   decided by ", "dim"), explained.decided_by,
    )  # fmt: skip
    parts: list[RenderableType] = [verdict, _ranking(explained)]
    for flag in meaning.red_flags:
        parts.append(
            Text(f"danger sign {flag.rule}, of the {flag.subject}: {flag.text} {_at(flag.span)}", "red")
        )
    parts += [Text(f"value {_value(value)}") for value in meaning.values]
    parts += [
        Text(
            f"entity {one.entity}: {meaning.text[one.start : one.end]}"
            f"{f' = {one.value}' if one.value != meaning.text[one.start : one.end] else ''} "
            f"{_at((one.start, one.end))} by {one.extractor}"
        )
        for one in meaning.entities
    ]
    return Group(*parts)


def _ranking(explained: Explanation) -> Table:
    prediction = explained.prediction
    ours = {score.name: score.confidence for score in explained.grammar.intent_ranking}
    theirs = {score.name: score.confidence for score in prediction.intents} if prediction else {}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("intent", "grammar", "model") if prediction else ("intent", "grammar"):
        table.add_column(name, style=None if name == "intent" else "cyan", header_style="dim")
    names = [score.name for score in explained.meaning.intent_ranking]
    for name in dict.fromkeys([*names[:LISTED], *list(ours)[:LISTED], *list(theirs)[:LISTED]]):
        row = [name, _figure(ours.get(name))]
        if prediction:
            row.append(f"{_figure(theirs.get(name))} {_bar(theirs.get(name))}")
        table.add_row(*row)
    if prediction:
        table.add_row(Text("in scope", "dim"), "", _figure(prediction.in_scope))
    return table


def _figure(confidence: float | None) -> str:
    return "-" if confidence is None else f"{confidence:.2f}"


def _bar(confidence: float | None) -> str:
    return "█" * round((confidence or 0.0) * _BAR)


def _value(value: Value) -> str:
    names = ("approx", "lunar", "needs_confirmation")
    flags = ", ".join(name.replace("_", " ") for name in names if getattr(value, name))
    return f"{value.kind.value}: {value.value} {_at(value.span)}{f' ({flags})' if flags else ''}"


def _at(span: tuple[int, int]) -> str:
    return f"[{span[0]}, {span[1]})"
