"""No personal data in logs: whatever is handed to them, only identifiers and fixed words come out."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from assistant.security import logs

WORDS = "我叫王秀英，血压一百八"


@pytest.fixture(autouse=True)
def configured(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logging as in production, to the captured standard error; put back afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(development=False)
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    text = capsys.readouterr().err
    assert "王秀英" not in text and "一百八" not in text and "340104" not in text
    return [json.loads(line) for line in text.splitlines()]


def test_only_listed_keys_pass(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("assistant.test").info(
        "turn_taken", conversation_id="c-1", turn=3, text=WORDS, patient_name="王秀英", slots={"name": WORDS}
    )
    (line,) = _lines(capsys)
    assert (line["event"], line["conversation_id"], line["turn"], line["dropped"]) == (
        "turn_taken",
        "c-1",
        3,
        3,
    )
    assert set(line) <= logs.ALLOWED | {"dropped"}


def test_listed_keys_pass_only_short_scalars(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("assistant.test").info("odd", flow={"text": WORDS}, state=[WORDS], error="x" * 500)
    (line,) = _lines(capsys)
    assert line["dropped"] == 3 and "flow" not in line


def test_an_exception_is_its_type_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(f"cannot parse {WORDS} 340104195903120021")
    except ValueError:
        structlog.get_logger("assistant.test").exception("action_failed", action="assess")
    (line,) = _lines(capsys)
    assert line["error_type"] == "ValueError"
    assert str(line["error_at"]).startswith("test_logs.py:")


def test_third_parties_lose_their_exception_texts_too(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise KeyError(WORDS)
    except KeyError:
        logging.getLogger("dbos").exception("workflow failed")
    logging.getLogger("uvicorn.access").info("GET /model/parse?token=dev-secret")
    (line,) = _lines(capsys)
    assert (line["event"], line["error_type"]) == ("workflow failed", "KeyError")


def test_the_request_id_comes_along(capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1", message=WORDS):
        structlog.get_logger("assistant.test").info("request")
    (line,) = _lines(capsys)
    assert line["request_id"] == "r-1"
