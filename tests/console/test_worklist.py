"""What the doctor finds on the first page, in what order."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from sqlalchemy import event

from tests.console.clinic import STRANGER, Clinic
from tests.console.reading_pages import Element, page

HIGH = {"blood_pressure": "高压一百九十，低压一百一十五"}
CHEST_PAIN = {"symptoms": "胸口疼得厉害，一直出冷汗，喘不上气"}


async def listed(browser: httpx.AsyncClient, path: str = "/console") -> Element:
    answer = await browser.get(path)
    assert answer.status_code == 200
    return page(answer.text)


def section(tree: Element, key: str) -> Element:
    return tree.one("section", class_=f"section-{key}")


def names(tree: Element, key: str) -> list[str]:
    return [name.text for name in section(tree, key).all("strong", class_="name")]


async def test_an_empty_list_says_so_in_every_section(doctor: httpx.AsyncClient) -> None:
    tree = await listed(doctor)
    assert [e.text for e in tree.all("p", class_="empty")] == [
        "没有待确认的警报。",
        "今天的随访都签好了。",
        "没有答应了还没办的事。",
        "今天还没有签名。",
    ]


async def test_alerts_come_first_and_the_most_severe_above(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.follow_up("resident-2", **HIGH)
    await desk.follow_up("resident-5", **CHEST_PAIN)
    desk.clock.pass_(minutes=6)
    tree = await listed(doctor)

    headings = [h.text for h in tree.all("h2")]
    assert [h.split()[0] for h in headings] == ["警报", "待签名", "答应居民的事", "已签名"]
    assert names(tree, "alerts") == ["张德福", "李建国"]
    first, second = section(tree, "alerts").all("li")
    assert "紧急" in first.text and "已超时" in first.text
    assert "加急" in second.text and "已超时" not in second.text
    assert names(tree, "unsigned") == ["王秀英"], "a draft with a pressing alert is listed once"
    assert "男 · 69岁" in first.text
    assert "王秀英" in section(tree, "promised").text and "回拨电话" in section(tree, "promised").text


async def test_a_row_says_who_when_what_and_why(desk: Clinic, doctor: httpx.AsyncClient, visit: str) -> None:
    row = section(await listed(doctor), "unsigned").one("li")
    for part in ("王秀英", "女 · 67岁", "高血压随访", "控制满意", "已完成", "138/82", "今天 09:"):
        assert part in row.text
    assert row.one("a").attributes["href"] == f"/console/visits/{visit}"


async def test_an_alert_is_there_before_the_chart_has_the_visit(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    await desk.follow_up("resident-5", **CHEST_PAIN, deliver=False)
    tree = await listed(doctor)
    assert names(tree, "alerts") == ["张德福"]
    assert names(tree, "unsigned") == []


async def test_acknowledging_takes_the_alert_off_the_list_and_is_noted(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    await desk.follow_up("resident-5", **CHEST_PAIN)
    form = section(await listed(doctor), "alerts").one("form")
    answer = await doctor.post(form.attributes["action"], data=form.fields(), headers={"HX-Request": "true"})
    tree = page(answer.text)
    assert names(tree, "alerts") == []
    assert names(tree, "unsigned") == ["张德福"]
    assert ("practitioner-1", "acknowledge", "resident-5") in [
        (a, b, d) for a, b, _, d in await desk.audited()
    ]


async def test_the_first_to_acknowledge_stays(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-5", **CHEST_PAIN)
    form = section(await listed(doctor), "alerts").one("form")
    for _ in range(2):
        answer = await doctor.post(form.attributes["action"], data=form.fields())
        assert answer.status_code == 303
        desk.clock.pass_(minutes=1)


async def test_a_list_that_has_not_changed_is_not_sent_again(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    refresh = (await listed(doctor)).one("div", id="worklist").attributes["hx-get"]
    assert (await doctor.get(refresh)).status_code == 204
    await desk.follow_up("resident-2", hang_up_at="heart_rate")
    changed = await doctor.get(refresh)
    assert names(page(changed.text), "unsigned") == ["李建国", "王秀英"]


async def test_older_drafts_are_counted_today_and_listed_under_all(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    desk.clock.pass_(days=1)
    today = section(await listed(doctor), "unsigned")
    assert "王秀英" not in today.text
    assert "另有 1 条更早的随访待签名" in today.text
    assert names(await listed(doctor, "/console?scope=all"), "unsigned") == ["王秀英"]


async def test_an_alert_of_yesterday_is_still_there(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-2", **HIGH)
    desk.clock.pass_(days=1)
    assert names(await listed(doctor), "alerts") == ["李建国"]


async def test_the_kind_of_speech_model_is_shown(doctor: httpx.AsyncClient) -> None:
    assert "由合成语音训练的演示模型" in (await listed(doctor)).one("p", class_="message-note").text


async def test_another_organisation_sees_and_acknowledges_nothing(
    desk: Clinic, stranger: httpx.AsyncClient, doctor: httpx.AsyncClient
) -> None:
    await desk.follow_up("resident-5", **CHEST_PAIN)
    action = section(await listed(doctor), "alerts").one("form").attributes["action"]
    stranger.cookies.clear()
    await stranger.post("/console/sign-in", data={"token": STRANGER})
    tree = await listed(stranger)
    assert names(tree, "alerts") == [] and names(tree, "unsigned") == []
    csrf = tree.all("input", name="csrf")[0].attributes["value"]
    answer = await stranger.post(action, data={"csrf": csrf})
    assert answer.status_code == 404


@contextmanager
def statements(desk: Clinic) -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    sent: list[str] = []
    engine = desk.database._engine.sync_engine

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_longer_list_takes_no_more_queries(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.follow_up("resident-5", **CHEST_PAIN)
    with statements(desk) as short:
        await listed(doctor)
    for resident in ("resident-1", "resident-2", "resident-3"):
        await desk.follow_up(resident, hang_up_at="heart_rate")
    await desk.follow_up("resident-5", **CHEST_PAIN)
    with statements(desk) as long:
        await listed(doctor)
    assert len(long) == len(short)
