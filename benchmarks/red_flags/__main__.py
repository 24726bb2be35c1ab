"""`python -m benchmarks.red_flags`: recall and false alarms of the danger-sign detector.

Prints counts only, so that the frozen sets can be measured without being read; `--errors` lists the lines of
those that are there to be tuned on.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from assistant.dialogue.meaning import RedFlag
from assistant.understanding import Lexicon, understand
from assistant.understanding.second_opinion import second_opinion
from assistant.understanding.serving.loading import open_runtime
from benchmarks.red_flags.figures import Figures, Verdict, count
from benchmarks.red_flags.sets import DEVELOPMENT, FROZEN, HOME, Utterance, examples, labelled, others

LEAST_RECALL, MOST_FALSE_ALARMS = 0.98, 0.05
Detector = Callable[[Utterance], tuple[RedFlag, ...]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.red_flags", description=__doc__)
    parser.add_argument("--development", action="store_true", help="the set to tune on, not the frozen one")
    parser.add_argument("--examples", action="store_true", help="the training examples of all intents")
    parser.add_argument("--dialogue", action="store_true", help="the frozen set of all other intents")
    parser.add_argument(
        "--errors", action="store_true", help="list the errors (never those of the frozen set)"
    )
    parser.add_argument("--model", type=Path, help="a model folder: its second opinion counts as well")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    if options.errors and not (options.development or options.examples):
        parser.error("--errors needs --development or --examples: the frozen set is not for reading")
    return options


def detector(model: Path | None) -> Detector:
    """The grammar's rules alone, or with a trained model's second opinion."""
    lexicon = Lexicon.load(HOME / "nlu_data")
    if model is None:
        return lambda utterance: understand(utterance.text, utterance.context, lexicon).red_flags
    runtime = open_runtime(model, device="cpu")

    def with_model(utterance: Utterance) -> tuple[RedFlag, ...]:
        meaning = understand(utterance.text, utterance.context, lexicon)
        if meaning.red_flags:
            return meaning.red_flags
        [prediction] = runtime.predict([utterance.text])
        danger = second_opinion(meaning, prediction, utterance.context, lexicon)
        return (danger,) if danger else ()

    return with_model


def judge_all(utterances: Iterable[Utterance], detect: Detector) -> list[Verdict]:
    """What the detector says of each."""
    verdicts = []
    for utterance in utterances:
        flags = detect(utterance)
        verdicts.append(
            Verdict(utterance, tuple(flag.rule for flag in flags), tuple(flag.subject for flag in flags))
        )
    return verdicts


def show(name: str, figures: Figures) -> None:
    """The totals, then the groups that have errors."""
    print(f"{name}\n  recall        {figures.recall}\n  false alarms  {figures.false_alarms}")
    if figures.named.total:
        print(f"  whose it is   {figures.named}")
    for title, groups in (("missed", figures.missed), ("false alarms", figures.alarms)):
        print(f"  {title} by group")
        for group, share in groups.items():
            if share.hits:
                print(f"    {group:<28}{share.hits:>4} of {share.total}")


def main(options: argparse.Namespace) -> int:
    if options.development:
        name, utterances = "development set", labelled(DEVELOPMENT)
    elif options.examples:
        name, utterances = "training examples", examples()
    elif options.dialogue:
        name, utterances = "frozen set of all other intents", others()
    else:
        name, utterances = "frozen set", labelled(FROZEN)
    verdicts = judge_all(utterances, detector(options.model))
    figures = count(verdicts)
    show(name, figures)
    if options.errors:
        for verdict in sorted(
            (one for one in verdicts if not one.right), key=lambda one: one.utterance.group
        ):
            asked = verdict.utterance.context.question
            print(f"  {verdict.utterance.group:<22} {verdict.utterance.text}", end="")
            print(
                f"   [{asked}]" if asked else "", f"   <- {', '.join(verdict.rules)}" if verdict.rules else ""
            )
    met = figures.recall.value >= LEAST_RECALL and figures.false_alarms.value <= MOST_FALSE_ALARMS
    return 0 if met or not options.strict else 1


if __name__ == "__main__":
    sys.exit(main(arguments()))
