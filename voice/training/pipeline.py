"""From texts to a checked model directory, step by step. Finished steps are kept and not done again."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voice.recognisers.model_directory import FINGERPRINTED, MANIFEST, inspect
from voice.training import directory, espeak, evaluation, graph
from voice.training.corpus import (
    TEXT,
    Corpus,
    foreign_utterances,
    spoken_words,
    training_sentences,
    unseen_utterances,
    withheld,
)
from voice.training.dataset import SHARD, Task, make_all
from voice.training.fitting import Fitting
from voice.training.language_model import LanguageModel
from voice.training.network import Network, Shape
from voice.training.pronunciation import UNITS
from voice.training.recipe import Recipe


class NotGoodEnough(RuntimeError):
    """The new model misses its targets, and the one in place was kept."""


@dataclass(frozen=True)
class Job:
    """One run. `work` keeps what is finished; `content` is the folder `nlu_data`."""

    recipe: Recipe
    seed: int
    work: Path
    output: Path
    content: Path
    processes: int
    report: Callable[[str], None]


Figures = dict[str, dict[str, float]]


def run(job: Job) -> Figures:
    """Builds the model and puts it at `job.output`. Gives the figures; raises `NotGoodEnough`."""
    corpus = Corpus.read(job.content)
    counts = corpus.counted(job.recipe.language_sentences, job.seed)
    work = _work(job, corpus)
    model = work / "model"
    directory.write_acoustics(_fit(job, corpus, counts, work), model)
    return _finish(job, corpus, counts, work)


def renew_graph(job: Job) -> Figures:
    """Teaches the model in `job.output` the words of now; how it hears sounds stays the same."""
    inspect(job.output)
    corpus = Corpus.read(job.content)
    counts = corpus.counted(job.recipe.language_sentences, job.seed)
    work = _work(job, corpus)
    for name in FINGERPRINTED:
        if not name.startswith("graph/"):
            (work / "model" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(job.output / name, work / "model" / name)
    return _finish(job, corpus, counts, work)


def _work(job: Job, corpus: Corpus) -> Path:
    """The folder of this job's finished steps.

    A change of text or recipe is another model: it must not go on from the shards of the old one.
    """
    texts = [path.read_text("utf-8") for path in sorted(TEXT.iterdir()) if path.is_file()]
    words = sorted(corpus.pinyin.items())
    work = job.work / job.recipe.digest(job.seed, espeak.version(), words, corpus.lines, texts)
    work.mkdir(parents=True, exist_ok=True)
    job.report(f"{len(corpus.vocabulary)} words; working in {work}")
    return work


def _finish(job: Job, corpus: Corpus, counts: Counter[tuple[str, ...]], work: Path) -> Figures:
    """Adds the graph to the acoustic model in `work`, measures the whole and puts it in place."""
    model = work / "model"
    write_graph(corpus, counts, job.recipe, model / "graph", work / "graph")
    inside = unseen_utterances(corpus, counts, job.recipe.test_sentences, job.seed + 1)
    foreign = foreign_utterances()[: job.recipe.foreign_sentences]
    figures = evaluation.measure(model, inside, foreign, job.report)
    directory.write_manifest(model, words=len(corpus.vocabulary), espeak=espeak.version(), figures=figures)
    missed = job.recipe.targets.missed(figures) if job.recipe.targets else []
    if missed:
        raise NotGoodEnough(f"the new model stays in {model}: {'; '.join(missed)}")
    _install(model, job.output)
    job.report(f"the model is in {job.output}")
    return figures


def _fit(job: Job, corpus: Corpus, counts: Counter[tuple[str, ...]], work: Path) -> Network:
    pinyin, units = corpus.pinyin, corpus.unit_numbers
    checkpoint, network = None, None
    for number, stage in enumerate(job.recipe.rounds, 1):
        folder = work / f"round{number}"
        folder.mkdir(exist_ok=True)
        sentences = training_sentences(corpus, counts, stage.sentences, job.seed * 100 + number)
        tasks = [
            Task(
                folder / f"{first // SHARD:04}.npz",
                sentences[first : first + SHARD],
                pinyin,
                units,
                seed=(job.seed * 100 + number) * 10_000 + first // SHARD,
            )
            for first in range(0, len(sentences), SHARD)
        ]
        fitting = Fitting(
            Shape(job.recipe.width, len(UNITS) + 1),
            make_all(tasks, job.processes, job.report),
            folder / "checkpoint.pt",
            epochs=stage.epochs,
            rate=stage.rate,
            seed=job.seed,
            threads=job.processes,
            report=job.report,
            start_from=checkpoint,
        )
        network, checkpoint = fitting.run(), folder / "checkpoint.pt"
    if network is None:
        raise ValueError("the recipe has no rounds")
    return network


def write_graph(
    corpus: Corpus, counts: Counter[tuple[str, ...]], recipe: Recipe, folder: Path, work: Path
) -> None:
    """Writes the decoding graph of the corpus."""
    sentences = (
        spoken_words(s) for s, times in counts.items() if not withheld(s, counts) for _ in range(times)
    )
    language = LanguageModel(sentences, corpus.vocabulary, order=recipe.order, cutoff=recipe.cutoff)
    graph.build(graph.GraphSource(UNITS, corpus.lexicon, language.arcs()), folder, work)


def _install(model: Path, output: Path) -> None:
    """Copies the finished model; the manifest goes last, so that a half copy is never taken for a model."""
    output.mkdir(parents=True, exist_ok=True)
    (output / MANIFEST).unlink(missing_ok=True)
    for name in (*FINGERPRINTED, "README.md", MANIFEST):
        (output / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(model / name, output / name)
