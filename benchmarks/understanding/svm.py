"""The plain baseline: TF-IDF of character 1- to 4-grams and a linear support vector machine. Intents only."""

import pickle
from collections.abc import Sequence
from pathlib import Path

import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from assistant.understanding.data.examples import Example
from assistant.understanding.data.folds import grouped_folds
from benchmarks.understanding.child import Spent
from benchmarks.understanding.outcome import Parse, Trained
from benchmarks.understanding.splits import SEED, Split, fingerprint

NAME = "svm"
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
FORMAT = 2
MODEL = "svm.pickle"


def key(split: Split) -> str:
    return fingerprint(FORMAT, NAME, sklearn.__version__, PENALTIES, split.fingerprint)


def pipeline(penalty: float = 1.0) -> Pipeline:
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True),
        LinearSVC(C=penalty, random_state=SEED),
    )


def train_and_parse(split: Split, folder: Path) -> Trained:
    """Chooses C by three folds inside the training part, trains on all of it, keeps the model in `folder`.

    The seconds are those of the final training, without the choosing.
    """
    texts, intents = [e.text for e in split.train], [e.intent for e in split.train]
    penalty = choose(split.train)
    spent = Spent()
    model = pipeline(penalty).fit(texts, intents)
    took = spent.so_far()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(pickle.dumps(model))
    said = model.predict([example.text for example in split.test])
    return Trained(
        parses=[Parse(str(intent)) for intent in said],
        seconds=took.seconds,
        cpu_seconds=took.cpu_seconds,
        peak_bytes=took.peak_bytes,
        model_bytes=(folder / MODEL).stat().st_size,
        settings={"C": penalty, "scikit-learn": sklearn.__version__},
    )


def choose(examples: Sequence[Example]) -> float:
    """The penalty with the best accuracy over three folds, near copies on one side; the texts are vectorised
    anew in each."""
    search = GridSearchCV(
        pipeline(),
        {"linearsvc__C": list(PENALTIES)},
        cv=grouped_folds(examples, 3, SEED),
        scoring="accuracy",
        refit=False,
    )
    search.fit([one.text for one in examples], [one.intent for one in examples])
    return float(search.best_params_["linearsvc__C"])
