"""The engines that are compared, behind one interface."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.understanding import ours, stock_rasa, svm
from benchmarks.understanding.child import in_child
from benchmarks.understanding.outcome import Trained
from benchmarks.understanding.splits import SETS, Split

Say = Callable[[str], None]

TITLES = {"ours": "ours", "svm": "TF-IDF + linear SVM", "rasa": f"Rasa {stock_rasa.RASA} DIET"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are (`home` holds `var`) and how gently to work: `nice` is the niceness of all trainings
    but Rasa's, `threads` are those of Rasa's."""

    home: Path
    nice: int = 10
    threads: int = 2

    def key(self, engine: str, split: Split) -> str:
        """The hash of all that decides what `engine` makes of `split`."""
        if engine == "rasa":
            return stock_rasa.fingerprint(split, SETS[split.set_name].rasa_epochs)[:16]
        return {"ours": ours.key, "svm": svm.key}[engine](split)

    def model(self, engine: str, split: Split) -> Path:
        """The trained model: our folder, the SVM's pickle, Rasa's archive."""
        if engine == "rasa":
            epochs = SETS[split.set_name].rasa_epochs
            return stock_rasa.job_folder(self.home, split, epochs) / stock_rasa.MODEL
        return self._folder(engine, split) / {"ours": ours.MODEL, "svm": svm.MODEL}[engine]

    def train(self, engine: str, split: Split, say: Say) -> Trained:
        """Trains on the split and parses its test part. Rasa's earlier training is taken where it holds."""
        if engine == "rasa":
            return stock_rasa.train_and_parse(
                self.home, split, SETS[split.set_name].rasa_epochs, say, self.threads
            )
        train = {"ours": ours.train_and_parse, "svm": svm.train_and_parse}[engine]
        return in_child(self.nice, train, split, self._folder(engine, split))

    def _folder(self, engine: str, split: Split) -> Path:
        return self.home / "var" / "benchmarks" / "understanding" / engine / split.name
