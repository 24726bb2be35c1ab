"""What comes in from a channel, and what goes back."""

import json
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import Field

from assistant.dialogue.events import Disposition, Said
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.waits import Wait


class TextIn(Frozen):
    """Words, typed or recognised. The other fields are those of `assistant.dialogue.inputs.Utterance`."""

    type: Literal["text"] = "text"
    text: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    heard_until: int | None = None


class KeysIn(Frozen):
    """Telephone keys, or the key of a quick reply that was tapped."""

    type: Literal["keys"] = "keys"
    keys: str
    heard_until: int | None = None


class SilenceIn(Frozen):
    """Nothing was said within the wait's time."""

    type: Literal["silence"] = "silence"


class HungUpIn(Frozen):
    """The resident hung up or closed the chat, or the line broke (`failed`)."""

    type: Literal["hungup"] = "hungup"
    reason: Literal["resident", "failed"] = "resident"


class VoicemailIn(Frozen):
    """A machine answers."""

    type: Literal["voicemail"] = "voicemail"


Incoming = Annotated[TextIn | KeysIn | SilenceIn | HungUpIn | VoicemailIn, Field(discriminator="type")]


def body_hash(incoming: Frozen) -> str:
    """A digest by which the same input sent twice is told from another one under the same id."""
    canonical = json.dumps(incoming.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


class Reply(Frozen):
    """The answer to one input: the new messages only, and what is expected next (None: nothing)."""

    conversation_id: str
    messages: tuple[Said, ...]
    wait: Wait | None
    ended: bool
    disposition: Disposition | None


class ConversationError(Exception):
    """An input that the host does not take. `subject` is the id or name that it is about."""

    def __init__(self, subject: str, message: str) -> None:
        super().__init__(message)
        self.subject = subject


class UnknownConversation(ConversationError):
    """There is no such conversation in this organisation."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id, f"there is no conversation {conversation_id}")


class UnknownFlow(ConversationError):
    """There is no such flow, or it is a pattern and cannot be started."""

    def __init__(self, flow: str, known: list[str]) -> None:
        super().__init__(flow, f"there is no flow {flow}; known: {', '.join(known)}")


class UnknownResident(ConversationError):
    """The record service has no such resident."""

    def __init__(self, resident_id: str) -> None:
        super().__init__(resident_id, f"the record service has no resident {resident_id}")


class InvalidStart(ConversationError):
    """`today` or `slots` of a new conversation cannot be used."""


class ConversationEnded(ConversationError):
    """The conversation is over and takes nothing more."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id, f"conversation {conversation_id} has ended")


class InputConflict(ConversationError):
    """The input id was used before, for another input."""

    def __init__(self, input_id: str) -> None:
        super().__init__(input_id, f"input_id {input_id} was used before with another body")
