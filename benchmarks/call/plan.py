"""Which calls are placed: every persona in turn, each time with another seed, a third of them in noise."""

from dataclasses import dataclass
from pathlib import Path

from voice.lines.simulated.persona import Persona, load, names

RESIDENTS = tuple(f"resident-{number}" for number in range(1, 9))


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call to place."""

    persona: Persona
    resident_id: str
    seed: int
    noise: bool

    @property
    def body(self) -> dict[str, object]:
        """The request that places it."""
        return {
            "resident_id": self.resident_id,
            "flow": "followup_hypertension",
            "line": "simulated",
            "persona": self.persona.persona,
            "seed": self.seed,
            "noise": self.noise,
        }


def plan(folder: Path, count: int, only: list[str] | None = None) -> list[PlannedCall]:
    """`count` calls. Those to cooperative residents are half of all; the others share the rest."""
    known = only or names(folder)
    personas = [load(folder, name) for name in known]
    ordinary = [persona for persona in personas if persona.expect.disposition == "completed"]
    special = [persona for persona in personas if persona.expect.disposition != "completed"]
    planned = []
    for number in range(count):
        group = special if special and (not ordinary or number % 3 == 2) else ordinary
        persona = group[number // 3 % len(group)] if group is special else group[number % len(group)]
        resident = persona.resident_id or RESIDENTS[number % len(RESIDENTS)]
        planned.append(PlannedCall(persona, resident, seed=number, noise=number % 3 == 1))
    return planned
