"""The port between conversations and whatever understands the residents' words, and the grammar behind it."""

from typing import Protocol

from assistant.dialogue.meaning import Meaning
from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.understand import understand


class Understander(Protocol):
    """Turns an utterance into its meaning: a grammar, a trained model, or a Rasa server."""

    async def understand(self, text: str, context: Context) -> Meaning:
        """The meaning of `text` said in `context`. Never raises on any text."""
        ...


class GrammarUnderstander:
    """The port kept by the grammar and a lexicon alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    async def understand(self, text: str, context: Context) -> Meaning:
        """The meaning of `text` said in `context`."""
        return understand(text, context, self._lexicon)
