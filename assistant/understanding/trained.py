"""Understanding by grammar and a trained reader together."""

from typing import Final, Protocol

import structlog

from assistant.dialogue.meaning import Meaning
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.prediction import Prediction
from assistant.understanding.understand import understand
from assistant.understanding.weighing import weigh

log = structlog.get_logger(__name__)

SILENT_AFTER: Final = 20
"""Failures in a row of which each is logged; then only every hundredth."""


class Reader(Protocol):
    """Reads one utterance without its context: our model behind its batcher, or a Rasa server."""

    async def predict(self, text: str) -> Prediction:
        """May raise: the grammar then stands alone for this utterance."""
        ...


class TrainedUnderstander:
    """The port kept by the grammar and a trained reader, weighed against each other.

    Values and danger signs are the grammar's. A reader that fails costs the conversation nothing but its
    vote: a call must go on when a model is overloaded or a server away.
    """

    def __init__(self, lexicon: Lexicon, reader: Reader) -> None:
        self._lexicon = lexicon
        self.reader = reader
        self.failures = 0
        """Failures of the reader in a row; 0 when it answered last."""

    async def understand(self, text: str, context: Context) -> Meaning:
        """The meaning of `text` said in `context`."""
        meaning = understand(text, context, self._lexicon)
        if not text.strip():
            return meaning
        try:
            prediction = await self.reader.predict(text)
        except Exception as error:
            self._failed(error)
            return meaning
        self.failures = 0
        return weigh(meaning, prediction, context, self._lexicon)

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        if self.failures <= SILENT_AFTER or self.failures % 100 == 0:
            log.warning("reader_failed", error=type(error).__name__, count=self.failures)
