"""What every request body of the channels has in common."""

import json
from typing import Any

from pydantic import BaseModel, model_validator

LONGEST_TEXT = 4000
"""Characters of one message: more than anybody says in one breath, less than would hold the server up."""


class Body(BaseModel):
    """A request body whose texts can be stored: JSON lets half a character through, databases do not."""

    @model_validator(mode="before")
    @classmethod
    def _whole_characters(cls, data: Any) -> Any:
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("a text holds half a character (a lone surrogate)") from None
        return data
