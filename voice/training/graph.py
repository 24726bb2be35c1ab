"""Builds the decoding graph (CTC topology o lexicon o grammar) with OpenFst's command-line tools.

The pronunciations carry disambiguation symbols, and no arc of lexicon or grammar has an epsilon input, so
that plain determinisation suffices. `[unk]` is a word that any sequence of sounds can be, at a cost.
"""

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice.training.language_model import BACKOFF, UNKNOWN, Arc

TOOLS = (
    "fstcompile fstarcsort fstcompose fstdeterminize fstencode fstminimize fstconnect fstconvert fstprint"
).split()
UNKNOWN_SOUND_COST = 2.0
"""Nats for every sound of an unknown stretch: less flags more, and rejects more of what is known."""
ENTER_UNKNOWN, LEAVE_UNKNOWN = "#u1", "#u2"
EPSILON = "<eps>"


class GraphFailed(RuntimeError):
    """The tools are missing, or the graph they made is not usable."""


@dataclass(frozen=True)
class GraphSource:
    """What the graph is made of. `lexicon` gives the sounds of each word; `units` all sounds in order."""

    units: Sequence[str]
    lexicon: Mapping[str, Sequence[str]]
    grammar: Iterable[Arc]
    unknown_sound_cost: float = UNKNOWN_SOUND_COST


def build(source: GraphSource, graph: Path, work: Path) -> None:
    """Writes `HCLG.fst` and `words.txt` into the folder `graph`. Intermediate files go to `work`."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        raise GraphFailed(f"{', '.join(absent)} not found; install the system package libfst-tools")
    graph.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    lexicon, disambiguation = _lexicon(source)
    words = [EPSILON, *sorted(source.lexicon), UNKNOWN, BACKOFF]
    sounds = [EPSILON, *source.units, *disambiguation]
    _symbols(graph / "words.txt", words)
    _symbols(work / "sounds.txt", sounds)
    (work / "L.txt").write_text(lexicon, "utf-8")
    (work / "G.txt").write_text(_grammar(source.grammar), "utf-8")
    (work / "T.txt").write_text(_topology(len(source.units), len(disambiguation)), "utf-8")
    _compose(work, graph)
    check(graph / "HCLG.fst", 2 * (len(source.units) + 1), work)


def _compose(work: Path, graph: Path) -> None:
    words = graph / "words.txt"
    steps = f"""
        fstcompile --isymbols=sounds.txt --osymbols={words} L.txt L.fst
        fstarcsort --sort_type=olabel L.fst L_sorted.fst
        fstcompile --isymbols={words} --osymbols={words} G.txt G.fst
        fstarcsort --sort_type=ilabel G.fst G_sorted.fst
        fstcompose L_sorted.fst G_sorted.fst LG0.fst
        fstdeterminize LG0.fst LG1.fst
        fstencode --encode_labels LG1.fst codec LG2.fst
        fstminimize LG2.fst LG3.fst
        fstencode --decode LG3.fst codec LG4.fst
        fstarcsort --sort_type=ilabel LG4.fst LG.fst
        fstcompile T.txt T.fst
        fstarcsort --sort_type=olabel T.fst T_sorted.fst
        fstcompose T_sorted.fst LG.fst H0.fst
        fstconnect H0.fst H2.fst
        fstarcsort --sort_type=ilabel H2.fst H3.fst
        fstconvert --fst_type=const H3.fst {graph / "HCLG.fst"}
    """
    for step in filter(None, (line.strip() for line in steps.splitlines())):
        _run(step.split(), work)


def _run(command: Sequence[str], work: Path) -> str:
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise GraphFailed(f"{' '.join(command)} failed in {work}: {done.stderr.strip()}")
    return done.stdout


def _symbols(path: Path, symbols: Sequence[str]) -> None:
    path.write_text("".join(f"{symbol} {index}\n" for index, symbol in enumerate(symbols)), "utf-8")


def _lexicon(source: GraphSource) -> tuple[str, list[str]]:
    """The lexicon in the tools' text format, and the disambiguation symbols that it uses."""
    spellings = Counter(tuple(sounds) for sounds in source.lexicon.values())
    prefixes = {spelling[:n] for spelling in spellings for n in range(1, len(spelling))}
    used: Counter[tuple[str, ...]] = Counter()
    arcs, state = [], 1
    for word in sorted(source.lexicon):
        path = list(source.lexicon[word])
        spelling = tuple(path)
        if spellings[spelling] > 1 or spelling in prefixes:
            used[spelling] += 1
            path.append(f"#{used[spelling]}")
        for index, sound in enumerate(path):
            at = 0 if index == 0 else state - 1
            to = 0 if index == len(path) - 1 else state
            state += to != 0
            arcs.append(f"{at} {to} {sound} {word if index == 0 else EPSILON}")
    entry, garbage = state, state + 1
    arcs.append(f"0 {entry} {ENTER_UNKNOWN} {UNKNOWN}")
    for at in (entry, garbage):
        arcs += [f"{at} {garbage} {unit} {EPSILON} {source.unknown_sound_cost}" for unit in source.units]
    arcs += [f"{garbage} 0 {LEAVE_UNKNOWN} {EPSILON}", f"0 0 {BACKOFF} {BACKOFF}", "0"]
    numbered = [f"#{k}" for k in range(1, max(used.values(), default=0) + 1)]
    return "\n".join(arcs) + "\n", [BACKOFF, *numbered, ENTER_UNKNOWN, LEAVE_UNKNOWN]


def _grammar(arcs: Iterable[Arc]) -> str:
    states: dict[tuple[str, ...], int] = {}
    lines = []
    for arc in arcs:
        source = states.setdefault(arc.source, len(states))
        if arc.word is None:
            lines.append(f"{source} {arc.cost:.5f}")
            continue
        target = states.setdefault(arc.target, len(states))
        lines.append(
            f"{source} {target} {arc.word} {EPSILON if arc.word == BACKOFF else arc.word} {arc.cost:.5f}"
        )
    return "\n".join(lines) + "\n"


def _topology(units: int, disambiguation: int) -> str:
    """CTC as a transducer: state 0 is the blank, state u is unit u; u after u is the same u."""
    lines = []
    for state in range(units + 1):
        lines.append(f"{state} 0 1 0")
        lines += [f"{state} {u} {2 * u + 1} {0 if u == state else u}" for u in range(1, units + 1)]
        lines += [f"{state} {state} 0 {units + k}" for k in range(1, disambiguation + 1)]
        lines.append(str(state))
    return "\n".join(lines) + "\n"


def check(path: Path, transitions: int, work: Path) -> None:
    """libvosk crashes on a transition-id that the acoustic model has not, so none may be in the graph."""
    labels = (line.split("\t") for line in _run(["fstprint", str(path)], work).splitlines())
    highest = max(int(fields[2]) for fields in labels if len(fields) >= 4)
    if highest > transitions:
        raise GraphFailed(f"{path} uses transition-id {highest}, but the acoustic model has {transitions}")
