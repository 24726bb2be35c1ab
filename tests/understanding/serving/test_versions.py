"""Versions are found, checked file by file, made active and left again; nothing unsound gets in."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.dialogue.meaning import Act
from assistant.understanding.model.card import ModelError
from assistant.understanding.serving.versions import VersionStore
from tests.understanding.serving.folders import model_folder

INTENTS = {"affirm": Act.ANSWER, "deny": Act.ANSWER, "thanks": Act.OFF_TOPIC}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> VersionStore:
    """Versions 1.9 and 1.10 shipped, version 2 of our own, nothing chosen."""
    store = VersionStore(tmp_path / "shipped", tmp_path / "own", INTENTS, now=lambda: NOON)
    for version in ("1.9", "1.10"):
        model_folder(store.shipped, version)
    model_folder(store.own, "2")
    return store


def test_versions_are_listed_newest_first_wherever_they_lie(store: VersionStore) -> None:
    assert [(v.name, v.shipped) for v in store.versions()] == [("2", False), ("1.10", True), ("1.9", True)]


def test_while_nobody_has_chosen_the_newest_shipped_version_is_active(store: VersionStore) -> None:
    assert store.active().version == "1.10"
    assert store.active().at is None


def test_a_damaged_shipped_version_is_not_chosen_by_itself(store: VersionStore) -> None:
    (store.shipped / "1.10" / "tokenizer.model").write_text("other pieces")
    assert store.active().version == "1.9"


def test_activation_is_remembered_by_every_process(store: VersionStore) -> None:
    choice = store.activate("2")
    elsewhere = VersionStore(store.shipped, store.own, INTENTS)
    assert elsewhere.active() == choice
    assert choice.at == NOON
    assert choice.fingerprint == store.check("2").fingerprint


def test_activation_changes_the_mark(store: VersionStore) -> None:
    marks = [store.mark()]
    for version in ("2", "1.9"):
        store.activate(version)
        marks.append(store.mark())
    assert marks[0] is None
    assert len(set(marks)) == 3


def test_roll_back_goes_the_whole_way_back(store: VersionStore) -> None:
    store.activate("2")
    store.activate("1.9")
    assert store.roll_back().version == "2"
    assert store.roll_back().version == "1.10"
    assert store.active().version == "1.10"
    with pytest.raises(ModelError, match="no earlier version"):
        store.roll_back()


def test_activating_the_active_version_again_keeps_the_way_back(store: VersionStore) -> None:
    store.activate("2")
    store.activate("2")
    assert store.roll_back().version == "1.10"


def test_roll_back_refuses_a_version_that_is_not_what_it_was(store: VersionStore) -> None:
    store.activate("1.9")
    store.activate("2")
    retrain(store.shipped / "1.9")
    with pytest.raises(ModelError, match=r"1\.9: is not the model that was made active"):
        store.roll_back()
    assert store.active().version == "2"


def test_an_unknown_version_is_named_with_what_may_have_been_meant(store: VersionStore) -> None:
    with pytest.raises(ModelError, match=r"no version '1\.11' of the model; did you mean 1\.10\?"):
        store.activate("1.11")
    with pytest.raises(ModelError, match=r"there are: 2, 1\.10, 1\.9"):
        store.activate("latest")


def test_a_path_is_no_version(store: VersionStore) -> None:
    with pytest.raises(ModelError, match="no version"):
        store.activate("../own/2")


def retrain(folder: Path) -> None:
    """Replace a version in its place."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    model_folder(folder.parent, folder.name, content="other weights")


def remove_a_file(folder: Path) -> None:
    (folder / "tokenizer.model").unlink()


def alter_a_file(folder: Path) -> None:
    (folder / "weights.safetensors").write_bytes(b"other weights")


def truncate_a_file(folder: Path) -> None:
    (folder / "weights.safetensors").write_bytes(b"")


def remove_the_card(folder: Path) -> None:
    (folder / "card.json").unlink()


def truncate_the_card(folder: Path) -> None:
    text = (folder / "card.json").read_text()
    (folder / "card.json").write_text(text[: len(text) // 2])


def edit_the_card(**changes: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text())
        (folder / "card.json").write_text(json.dumps({**card, **changes}))

    return edit


DAMAGE: list[tuple[str, Callable[[Path], None], str]] = [
    ("a file is missing", remove_a_file, r"tokenizer\.model: missing"),
    ("a file was altered", alter_a_file, r"weights\.safetensors: not the file that the card"),
    ("a file was cut off", truncate_a_file, r"weights\.safetensors: not the file that the card"),
    ("no card", remove_the_card, r"2: no card\.json"),
    ("half a card", truncate_the_card, r"card\.json: cannot be read"),
    ("a later format", edit_the_card(format=99), r"card\.json: format 99"),
    ("an edited card", edit_the_card(labels={"intents": ["deny", "affirm"]}), "edited"),
    ("another fingerprint", edit_the_card(fingerprint="0" * 64), "edited"),
    ("a card that is no card", edit_the_card(labels=7), r"card\.json: labels"),
]


@pytest.mark.parametrize(("damage", "message"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_a_damaged_version_is_refused_and_the_active_one_stays(
    store: VersionStore, damage: Callable[[Path], None], message: str
) -> None:
    store.activate("1.9")
    damage(store.own / "2")
    with pytest.raises(ModelError, match=message) as refusal:
        store.activate("2")
    assert "\n" not in str(refusal.value)
    assert store.active().version == "1.9"


def test_a_damaged_card_is_listed_with_its_problem(store: VersionStore) -> None:
    truncate_the_card(store.own / "2")
    listed = store.versions()[0]
    assert listed.name == "2"
    assert listed.card is None
    assert listed.problem is not None and "cannot be read" in listed.problem


def test_a_version_under_another_name_is_refused(store: VersionStore) -> None:
    (store.own / "2").rename(store.own / "3")
    with pytest.raises(ModelError, match="its card says version '2'"):
        store.activate("3")


def test_intents_that_the_domain_does_not_have_are_refused(store: VersionStore) -> None:
    model_folder(store.own, "3", intents=["affirm", "order_pizza", "play_music"])
    with pytest.raises(ModelError, match=r"does not have \(intent order_pizza, play_music\)"):
        store.activate("3")


def test_an_act_that_the_domain_gives_to_another_intent_is_refused(store: VersionStore) -> None:
    model_folder(
        store.own, "3", acts=["answer", "refuse"], acts_of_intents={"affirm": "answer", "deny": "refuse"}
    )
    with pytest.raises(ModelError, match="takes intent 'deny' for act 'refuse', the domain says 'answer'"):
        store.activate("3")


def test_acts_that_the_engine_does_not_know_are_refused(store: VersionStore) -> None:
    model_folder(store.own, "3", acts=["answer", "shout"])
    with pytest.raises(ModelError, match=r"does not have \(act shout\)"):
        store.activate("3")


def test_without_a_domain_any_intent_goes(store: VersionStore) -> None:
    model_folder(store.own, "3", intents=["HomeService", "Video"])
    assert VersionStore(store.shipped, store.own).activate("3").version == "3"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 2}', '{"active": {"version": "2"}}'])
def test_a_damaged_pointer_says_what_to_do_and_activation_repairs_it(
    store: VersionStore, content: str
) -> None:
    store.activate("2")
    (store.own / "active.json").write_text(content)
    with pytest.raises(ModelError, match="choose one with `assistant models activate VERSION`"):
        store.active()
    assert [choice.version for choice in store.fallbacks()] == ["1.10"]
    store.activate("1.9")
    assert store.active().version == "1.9"


def test_without_any_model_the_message_says_how_to_get_one(tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "shipped", tmp_path / "own")
    with pytest.raises(ModelError, match="make one with `assistant train`"):
        store.active()
    with pytest.raises(ModelError, match="make one with `assistant train`"):
        store.activate("1")
    assert store.versions() == []
    assert store.fallbacks() == []


def test_an_own_version_of_a_shipped_name_goes_first(store: VersionStore) -> None:
    card = model_folder(store.own, "1.9", content="other")
    assert store.activate("1.9").fingerprint == card.fingerprint
    assert [v.shipped for v in store.versions() if v.name == "1.9"] == [False]


def test_a_folder_where_nothing_can_be_written_is_named(store: VersionStore) -> None:
    blocked = store.shipped / "1.9" / "card.json"
    with pytest.raises(ModelError, match=r"card\.json: cannot be written"):
        VersionStore(store.shipped, blocked).activate("1.10")
