"""The understanding as it is shipped: the grammar and the trained model, without a batcher between."""

from functools import cache

from assistant.understanding.prediction import Prediction
from assistant.understanding.serving.loading import open_runtime
from assistant.understanding.serving.runtime import Runtime
from assistant.understanding.serving.versions import VersionStore
from assistant.understanding.trained import TrainedUnderstander
from tests.understanding.conftest import CONTENT, shipped_lexicon

MODELS = CONTENT.parent / "models" / "understanding-zh"


@cache
def shipped_runtime() -> Runtime:
    """The newest shipped model, on the CPU."""
    store = VersionStore(MODELS, CONTENT / "no models of its own", shipped_lexicon().acts)
    return open_runtime(store.folder(store.active().version), device="cpu")


class DirectReader:
    """Reads one utterance at a time."""

    async def predict(self, text: str) -> Prediction:
        return shipped_runtime().predict([text])[0]


@cache
def shipped_understander() -> TrainedUnderstander:
    """What a server with the shipped `config.yml` understands with."""
    return TrainedUnderstander(shipped_lexicon(), DirectReader())
