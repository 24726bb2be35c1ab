"""From words to meaning: acts, intents, values and danger signs.

`understand` is pure; `GrammarUnderstander` is the same behind the asynchronous `Understander` port.
"""

from assistant.understanding.context import Context
from assistant.understanding.lexicon import Lexicon
from assistant.understanding.ports import GrammarUnderstander, Understander
from assistant.understanding.terms import LexiconError
from assistant.understanding.understand import understand

__all__ = ["Context", "GrammarUnderstander", "Lexicon", "LexiconError", "Understander", "understand"]
