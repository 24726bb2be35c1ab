"""What conversations need of the outside: the record service."""

from typing import Literal, Protocol

from pydantic import JsonValue

from assistant.dialogue.frozen import Frozen
from assistant.dialogue.slots import Speaker


class BloodPressure(Frozen):
    """A reading, in mmHg."""

    systolic: float
    diastolic: float


class LastVisit(Frozen):
    """The previous follow-up on file: its date (ISO), reading and classification (Chinese term)."""

    date: str | None = None
    blood_pressure: BloodPressure | None = None
    classification: str | None = None


class OnFile(Frozen):
    """What the chart knows already and a conversation need not ask again. Units: cm, kg."""

    medications: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    height_cm: float | None = None
    weight_kg: float | None = None
    smokes: bool | None = None
    last_visit: LastVisit | None = None


class Relative(Frozen):
    """Somebody close to the resident; `may_answer` when the resident has agreed to that."""

    name: str
    relation: Speaker
    may_answer: bool = False


class ResidentRecord(Frozen):
    """What the record service knows of one resident. `id` is the FHIR `Patient.id`."""

    id: str
    name: str
    sex: Literal["M", "F"] | None = None
    birth_date: str | None = None
    id_last4: str | None = None
    phone: str | None = None
    pregnant: bool | None = None
    practitioner_id: str | None = None
    doctor_name: str | None = None
    on_file: OnFile = OnFile()
    relatives: tuple[Relative, ...] = ()


class DeliveryFailed(Exception):
    """A bundle did not reach the chart. `status` is the answer's, None when there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class DeliveryRejected(DeliveryFailed):
    """The record service refuses the bundle (4xx): the same bundle will never be accepted."""


class DeliveryUnavailable(DeliveryFailed):
    """The record service could not be reached or failed: the same bundle may be accepted later."""


class RecordService(Protocol):
    """The charts: embedded here, or an external FHIR server."""

    async def resident(self, resident_id: str) -> ResidentRecord | None:
        """What is on file of a resident, None when there is no such resident."""
        ...

    async def deliver(self, bundle: dict[str, JsonValue]) -> dict[str, JsonValue]:
        """Applies a transaction Bundle, all or nothing, and gives the transaction-response Bundle.

        Delivering the same bundle twice changes nothing the second time. Raises DeliveryRejected or
        DeliveryUnavailable.
        """
        ...
