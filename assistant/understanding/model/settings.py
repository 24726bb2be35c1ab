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
    least_documents: int = Field(default=2, ge=1)
    """An n-gram of fewer examples gets no row of its own..."""
    least_unlabelled: int = Field(default=4, ge=1)
    """...unless so many texts have it, the unlabelled ones of a pre-training included."""

    # Size
    embedding: int = Field(default=64, ge=8)
    """Width of an n-gram's or a piece's vector."""
    width: int = Field(default=128, ge=16)
    layers: int = Field(default=2, ge=1)
    heads: int = Field(default=4, ge=1)
    towers: int = Field(default=2, ge=1)
    """Independently trained encoders whose scores are averaged; each learns without a part of the examples,
    on which the calibration is learned."""

    # Training
    epochs: int = Field(default=16, ge=1)
    batch: int = Field(default=32, ge=1)
    learning_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=0.02, ge=0)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    feature_dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share of n-grams and pieces hidden from the encoder at each step."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    masking: float = Field(default=0.15, ge=0, lt=1)
    """Share of the positions whose character is hidden in training, and guessed from the others."""
    masking_weight: float = Field(default=0.3, ge=0)
    averaging: float = Field(default=0.995, ge=0, lt=1)
    """Decay of the moving average of the weights that is kept in the end."""
    pretraining_epochs: int = Field(default=0, ge=0)
    """Epochs of guessing hidden characters in unlabelled texts before the labels are seen."""

    svm_cost: float = Field(default=0.3, gt=0)
    """Weight of the errors against the size of the weights in the wide path."""

    # Calibration
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    """Share of the examples that a tower does not see."""
    false_rejection: float = Field(default=0.05, gt=0, lt=1)
    """Share of the utterances in scope that may be taken for out of scope."""

    @model_validator(mode="after")
    def _heads_divide_width(self) -> "Settings":
        if self.width % self.heads:
            raise ValueError(f"width {self.width} must be a multiple of heads {self.heads}")
        return self
