"""The ledger knows what was really heard."""

from voice.ledger import Entry, Ledger
from voice.phrases import phrases

MESSAGES = ["好的，我记下了。", "心率是每分钟多少次？您不知道也没关系。"]


def opened(ledger: Ledger) -> list[Entry]:
    return ledger.open([phrases(message) for message in MESSAGES], [True, False])


def send_all(ledger: Ledger, entries: list[Entry]) -> None:
    for entry in entries:
        ledger.sent(entry.mark)


def test_entries_know_their_place() -> None:
    entries = opened(Ledger())
    assert [entry.text for entry in entries] == [
        "好的，我记下了。",
        "心率是每分钟多少次？",
        "您不知道也没关系。",
    ]
    assert [entry.heard for entry in entries] == [8, 18, 27]
    assert [entry.last_message for entry in entries] == [False, True, True]
    assert [entry.last for entry in entries] == [False, False, True]
    assert [entry.interruptible for entry in entries] == [True, False, False]


def test_all_is_heard_when_the_last_mark_is_back() -> None:
    ledger = Ledger()
    entries = opened(ledger)
    send_all(ledger, entries)
    assert ledger.speaking and ledger.heard_until == 0
    assert ledger.played(entries[0].mark)
    assert ledger.heard_until == 8 and ledger.playing == entries[1]
    assert ledger.played(entries[1].mark) and ledger.played(entries[2].mark)
    assert not ledger.speaking and ledger.heard_until is None and ledger.playing is None


def test_an_interruption_is_dated_back_to_the_last_mark() -> None:
    ledger = Ledger()
    entries = opened(ledger)
    send_all(ledger, entries)
    ledger.played(entries[0].mark)
    assert ledger.clear() == 8
    assert not ledger.speaking
    assert not ledger.played(entries[1].mark), "the line returns the marks of what it dropped"
    assert ledger.heard_until == 8


def test_a_mark_covers_those_before_it() -> None:
    ledger = Ledger()
    entries = opened(ledger)
    send_all(ledger, entries)
    assert ledger.played(entries[1].mark)
    assert ledger.heard_until == 18


def test_marks_of_an_earlier_reply_or_not_yet_sent_mean_nothing() -> None:
    ledger = Ledger()
    before = opened(ledger)
    send_all(ledger, before)
    entries = opened(ledger)
    assert not ledger.played(before[0].mark)
    assert not ledger.played(entries[0].mark)
    assert ledger.heard_until == 0


def test_a_reply_without_words_leaves_nothing_to_hear() -> None:
    ledger = Ledger()
    assert ledger.open([], []) == []
    assert not ledger.speaking and ledger.heard_until is None
