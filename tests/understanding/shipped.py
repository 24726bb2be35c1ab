"""The understanding as it is shipped: the grammar and the trained model, without a batcher between."""

from functools import cache
from pathlib import Path

from assistant.understanding.prediction import Prediction
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.runtime import Runtime
from assistant.understanding.serving.versions import VersionStore
from assistant.understanding.trained import TrainedUnderstander
from tests.understanding.conftest import CONTENT, shipped_lexicon

MODELS = CONTENT.parent / "models" / "understanding-zh"


@cache
def shipped_folder() -> Path:
    """The folder of the newest shipped model."""
    store = VersionStore(MODELS, CONTENT / "no models of its own", shipped_lexicon().acts)
    return store.folder(store.active().version)


@cache
def shipped_runtime() -> Runtime:
    """The newest shipped model, on the CPU."""
    return open_runtime(shipped_folder(), device="cpu")


class DirectReader:
    """Reads one utterance at a time."""

    async def predict(self, text: str) -> Prediction:
        return shipped_runtime().predict([text])[0]


@cache
def shipped_understander() -> TrainedUnderstander:
    """What a server with the shipped `config.yml` understands with."""
    return TrainedUnderstander(shipped_lexicon(), DirectReader())
