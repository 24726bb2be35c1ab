"""What a simulated call's process is told first."""

from pydantic import BaseModel, ConfigDict, Field


class Job(BaseModel):
    """One simulated call. `transcript` is a file to which the resident's own words and waits are written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: str
    token: str = Field(repr=False)
    media_url: str
    personas: str
    persona: str
    birth_year: int | None = None
    seed: int = 0
    noise_snr_db: float | None = None
    speed: float = 1.0
    transcript: str | None = None
