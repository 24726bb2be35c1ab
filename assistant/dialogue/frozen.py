"""The immutable, JSON-serialisable base of every value that the engine takes or gives."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable record: equal by content, hashable where its fields are, `extra` keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
