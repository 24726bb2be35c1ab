"""Every conversation test of the content passes, and no flow or pattern is without one."""

import pytest

from assistant.conversations.rehearsal import read_tests, rehearse
from tests.content.installation import HOME, actions, edition
from tests.understanding.shipped import shipped_understander

TESTS = read_tests(
    {f"tests/{p.name}": p.read_text(encoding="utf-8") for p in sorted(HOME.glob("tests/*.yml"))}
)


@pytest.mark.parametrize("name", list(TESTS))
async def test_conversation(name: str) -> None:
    rehearsed = await rehearse(TESTS[name], edition(), shipped_understander(), actions())
    assert not rehearsed.failures, "\n".join(rehearsed.failures)


async def test_every_flow_and_pattern_has_a_conversation_test() -> None:
    walked: set[str] = set()
    for test in TESTS.values():
        walked |= (await rehearse(test, edition(), shipped_understander(), actions())).flows
    untested = set(edition().content.flows) - walked
    assert not untested, f"no conversation test goes through {', '.join(sorted(untested))}"
