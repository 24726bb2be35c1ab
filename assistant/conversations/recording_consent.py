"""Whether the recording of a call may be kept."""

from assistant.dialogue.events import Disposition
from assistant.dialogue.slots import SlotValue


def may_keep_recording(consent: SlotValue | None, disposition: Disposition | None) -> bool:
    """A recording is kept only of a resident who agreed to it, or of an emergency.

    Until the yes is heard the call is recorded and nothing of it kept: the yes itself must be provable, and
    an emergency may come before it (PIPL 13 and 29; see the calling rules of the project).
    """
    if disposition is Disposition.EMERGENCY:
        return True
    return consent is not None and consent.filled and consent.value is True
