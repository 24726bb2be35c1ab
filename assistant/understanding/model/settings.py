"""How a model is built and trained: the `understanding.encoder` section of `config.yml`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """Size, losses and schedule. The defaults train in a few minutes on one core at 7,000 short examples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pretrained: Path | None = None
    """Folder of a pretrained Chinese encoder (transformers format); used in place of ours where it exists."""

    # What is read from a text
    max_length: int = Field(default=126, ge=8, le=510)
    """Code points; what is beyond them is not read."""
    pieces: int = Field(default=6000, ge=64)
    """At most so many subwords."""
    least_documents: int | None = Field(default=None, ge=1)
    """An n-gram of fewer examples gets no row of its own (None: 1 up to 10,000 examples, 2 up to 20,000, then
    3: what is seen once helps a small set and only swells a large one)..."""
    least_unlabelled: int = Field(default=4, ge=1)
    """...unless so many texts have it, the unlabelled ones of a pre-training included."""

    # Size
    embedding: int = Field(default=64, ge=8)
    """Width of an n-gram's or a piece's vector."""
    embedded: int = Field(default=16384, ge=64)
    """The encoder embeds so many n-grams, the most frequent; the wide path knows all."""
    width: int = Field(default=128, ge=16)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    towers: int = Field(default=2, ge=1)
    """Independently trained encoders whose scores are averaged; each learns without a part of the examples,
    on which the calibration is learned."""

    # Training
    epochs: int = Field(default=10, ge=1)
    least_steps: int = Field(default=1000, ge=1)
    """Few examples are gone through more often, until so many batches were learned from."""
    batch: int = Field(default=64, ge=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    pretrained_learning_rate: float = Field(default=5e-5, gt=0)
    """The rate for the weights of a pretrained encoder."""
    weight_decay: float = Field(default=0.02, ge=0)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    feature_dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share of n-grams and pieces hidden from the encoder at each step."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    masking: float = Field(default=0.3, ge=0, lt=1)
    """Share of the positions whose character is hidden, in half of the texts, and guessed from the others."""
    masking_weight: float = Field(default=1.0, ge=0)
    averaging: float = Field(default=0.995, ge=0, lt=1)
    """Decay of the moving average of the weights that is kept in the end."""
    pretraining_epochs: int = Field(default=0, ge=0)
    """Epochs of guessing hidden characters in unlabelled texts before the labels are seen."""

    svm_cost: float = Field(default=0.6, gt=0)
    """Weight of the errors against the size of the weights in the wide path."""

    # Calibration
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    """Share of the examples that a tower does not see."""
    false_rejection: float = Field(default=0.05, gt=0, lt=1)
    """Share of the utterances in scope that may be taken for out of scope."""

    def epochs_for(self, examples: int) -> int:
        """How often a training goes through so many examples."""
        steps = -(-examples // self.batch)
        return max(self.epochs, -(-self.least_steps // steps))

    @model_validator(mode="after")
    def _heads_divide_width(self) -> "Settings":
        if self.width % self.heads:
            raise ValueError(f"width {self.width} must be a multiple of heads {self.heads}")
        return self
