"""A recording is kept only with a yes, or of an emergency."""

import pytest

from assistant.conversations.recording_consent import may_keep_recording
from assistant.dialogue.events import Disposition
from assistant.dialogue.slots import SlotStatus, SlotValue

YES = SlotValue(value=True, status=SlotStatus.STATED)
NO = SlotValue(value=False, status=SlotStatus.STATED)
REFUSED = SlotValue(status=SlotStatus.REFUSED)


@pytest.mark.parametrize(
    ("consent", "disposition", "kept"),
    [
        (YES, Disposition.COMPLETED, True),
        (YES, Disposition.PARTIAL, True),
        (NO, Disposition.COMPLETED, False),
        (REFUSED, Disposition.REFUSED, False),
        (None, Disposition.WRONG_NUMBER, False),
        (None, Disposition.VOICEMAIL, False),
        (None, Disposition.EMERGENCY, True),
        (NO, Disposition.EMERGENCY, True),
        (YES, None, True),
    ],
)
def test_kept_or_not(consent: SlotValue | None, disposition: Disposition | None, kept: bool) -> None:
    assert may_keep_recording(consent, disposition) is kept
