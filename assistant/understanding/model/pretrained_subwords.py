"""The subwords of a pretrained encoder, laid over code points. Needs the `tokenizers` package."""

import re
from pathlib import Path

from tokenizers import Tokenizer

from assistant.understanding.model.card import PRETRAINED_TOKENIZER_FILE

_SURROGATE = re.compile("[\ud800-\udfff]")


class PretrainedSubwords:
    """A fast tokenizer of `transformers`, without the special tokens that it would add.

    `marks` are the numbers of its tokens for the start and the end of a text.
    """

    def __init__(self, tokenizer: Tokenizer, marks: tuple[int, int]) -> None:
        self.tokenizer = tokenizer
        self.marks = marks

    @classmethod
    def load(cls, folder: Path) -> "PretrainedSubwords":
        """Reads the tokenizer of a model folder. ValueError where it is none."""
        try:
            tokenizer = Tokenizer.from_file(str(folder / PRETRAINED_TOKENIZER_FILE))
        except Exception as error:  # the package raises bare Exception
            raise ValueError(str(error)) from None
        # The marks are those that the tokenizer itself lays around an empty text.
        around = tokenizer.encode("").ids
        return cls(tokenizer, (around[0], around[-1]) if around else (0, 0))

    @property
    def size(self) -> int:
        """Size of the tokenizer's vocabulary."""
        return int(self.tokenizer.get_vocab_size())

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """(first, past last, number) of each token, in code points of the text."""
        encoded = self.tokenizer.encode(_SURROGATE.sub("\ufffd", text), add_special_tokens=False)
        return [
            (begin, end, number)
            for (begin, end), number in zip(encoded.offsets, encoded.ids, strict=True)
            if begin < end
        ]

    def save(self, folder: Path) -> None:
        """Writes `tokenizer.json`."""
        self.tokenizer.save(str(folder / PRETRAINED_TOKENIZER_FILE))
