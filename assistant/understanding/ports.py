


class GrammarUnderstander:
    """The `Understander` port kept by the grammar and a lexicon alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    async def understand(self, text: str, context: Context) -> Meaning:
        """The meaning of `text` said in `context`."""
        return understand(text, context, self._lexicon)
