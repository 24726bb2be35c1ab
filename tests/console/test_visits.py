"""The page of a visit: what was said beside what it means, and the sound."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from assistant.storage import recordings
from tests.console.clinic import DOCTOR, STRANGER, Clinic
from tests.console.reading_pages import Element, page

SCRIPT = "<script>alert('x')</script>"


async def shown(browser: httpx.AsyncClient, visit: str) -> Element:
    answer = await browser.get(f"/console/visits/{visit}")
    assert answer.status_code == 200
    return page(answer.text)


def field(tree: Element, slot: str) -> Element:
    return tree.one("article", id=f"field-{slot}")


async def test_a_field_stands_beside_its_sentence_status_and_last_value(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    tree = await shown(doctor, visit)
    pressure = field(tree, "blood_pressure")
    assert pressure.one("span", class_="value").text == "138/82 mmHg"
    assert pressure.all("span", class_="status")[0].text == "本人确认"
    assert pressure.one("span", class_="previous").text == "上次 138/86 mmHg"
    quote = pressure.one("button", class_="quote")
    assert quote.text == "“高压一百三十八，低压八十二”"
    line = tree.one("li", id=quote.attributes["data-goto"])
    assert "高压一百三十八，低压八十二" in line.text


async def test_what_has_no_value_says_why(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-2", symptoms="这个不想说", hang_up_at="weight", heart_rate="没量")
    tree = await shown(doctor, visit)
    told = {
        slot: field(tree, slot).all("span", class_="status")[0].text for slot in ("heart_rate", "salt", "bmi")
    }
    assert told == {"heart_rate": "不清楚", "salt": "未问", "bmi": "电话中无法获得"}


async def test_the_head_says_who_why_and_how_it_ended(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    head = (await shown(doctor, visit)).one("header", class_="visit-head").text
    for part in (
        "王秀英",
        "女 · 67岁",
        "高血压随访",
        "今天 09:30",
        "受张敏医生委托",
        "上次分类 控制满意",
        "中途中断",
    ):
        assert part in head


async def test_reasons_are_shown_and_only_verified_sources_cited(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    conclusion = (await shown(doctor, visit)).one("section", class_="conclusion")
    assert (
        "控制满意" in conclusion.text and "常规随访" in conclusion.text and "2027年2月24日" in conclusion.text
    )
    by_reason = {li.text: [c.text for c in li.all("cite")] for li in conclusion.all("li")}
    elderly = next(cited for text, cited in by_reason.items() if "65岁及以上" in text and "138/82" in text)
    assert elderly == [], "the source of the target from 65 years is not verified"
    assert any("国家基本公共卫生服务规范（第三版）" in c for cited in by_reason.values() for c in cited)


async def test_what_was_promised_and_advised_is_there(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    broken_off = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    assert "回拨电话" in (await shown(doctor, broken_off)).one("section", class_="conclusion").text
    completed = await desk.follow_up("resident-1")
    assert "已告知居民的内容" in (await shown(doctor, completed)).text


async def test_before_the_chart_has_it_the_page_says_so_and_cannot_be_signed(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    visit = await desk.follow_up("resident-1", deliver=False, hang_up_at="heart_rate")
    tree = await shown(doctor, visit)
    assert tree.one("p", class_="pending").text == "正在写入档案……"
    assert not tree.all("form", class_="sign")
    assert "高压一百三十八" in tree.one("ol", class_="transcript").text

    await desk.deliver(visit)
    refresh = tree.one("p", class_="pending").attributes["hx-get"]
    part = page((await doctor.get(refresh)).text)
    assert part.one("form", class_="sign")


async def test_a_conversation_that_goes_on_can_be_read(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    reply = await desk.conversations.start(
        flow="followup_hypertension", channel="voice_text", resident_id="resident-1"
    )
    tree = await shown(doctor, reply.conversation_id)
    assert "对话还在进行" in tree.text
    assert not tree.all("form", class_="sign")


async def test_what_residents_say_is_never_run(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", symptoms=f"头晕{SCRIPT}", hang_up_at="blood_pressure")
    text = (await doctor.get(f"/console/visits/{visit}")).text
    assert SCRIPT not in text
    assert "&lt;script&gt;alert" in text
    listed = (await doctor.get("/console")).text
    assert SCRIPT not in listed


async def test_the_recording_can_be_sought_in(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    sound = bytes(range(256)) * 40
    await desk.record(visit, sound, seconds=62)
    tree = await shown(doctor, visit)
    assert "时长 1分02秒" in tree.text
    path = tree.one("audio").attributes["src"]

    whole = await doctor.get(path)
    assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "audio/wav", sound)
    assert whole.headers["accept-ranges"] == "bytes"
    part = await doctor.get(path, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, sound[256:512])
    assert part.headers["content-range"] == f"bytes 256-511/{len(sound)}"
    beyond = await doctor.get(path, headers={"Range": "bytes=999999-"})
    assert beyond.status_code == 416


async def test_lines_of_a_recorded_visit_can_be_jumped_to(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.record(visit, b"", seconds=62)
    lines = (await shown(doctor, visit)).one("ol", class_="transcript").all("li")
    starts = [float(line.attributes["data-start"]) for line in lines]
    assert starts == sorted(starts) and starts[0] == 0.0 and starts[-1] > 20
    assert all("disabled" not in line.one("button").attributes for line in lines)


async def test_a_typed_visit_has_no_sound(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", channel="wechat", hang_up_at="heart_rate")
    tree = await shown(doctor, visit)
    assert not tree.all("audio")
    assert (await doctor.get(f"/console/visits/{visit}/recording")).status_code == 404


async def test_a_recording_outside_its_folder_is_not_sent(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.record(visit, b"sound", seconds=1)
    async with desk.database.transaction() as connection:
        await connection.execute(update(recordings).values(path="../clinic.db"))
    assert (await doctor.get(f"/console/visits/{visit}/recording")).status_code == 404


@pytest.mark.parametrize("part", ["", "/review", "/recording"])
async def test_another_organisation_cannot_look(desk: Clinic, stranger: httpx.AsyncClient, part: str) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.record(visit, b"sound", seconds=1)
    await stranger.post("/console/sign-in", data={"token": STRANGER})
    assert (await stranger.get(f"/console/visits/{visit}{part}")).status_code == 404
    await stranger.post("/console/sign-in", data={"token": DOCTOR})
    assert (await stranger.get(f"/console/visits/{visit}{part}")).status_code == 200


async def test_every_look_is_noted(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    await desk.record(visit, b"sound", seconds=1)
    await doctor.get("/console")
    await shown(doctor, visit)
    await doctor.get(f"/console/visits/{visit}/recording")
    mine: list[Any] = [row for row in await desk.audited() if row[0] == "practitioner-1"]
    assert mine == [
        ("practitioner-1", "view", "worklist", None),
        ("practitioner-1", "view", f"conversation/{visit}", "resident-1"),
        ("practitioner-1", "listen", f"recording/{visit}", "resident-1"),
    ]


@pytest.mark.parametrize("id_", ["none", "%00", "%27%20OR%201=1", "x" * 200])
async def test_what_does_not_exist_is_told_in_words(doctor: httpx.AsyncClient, id_: str) -> None:
    answer = await doctor.get(f"/console/visits/{id_}")
    assert answer.status_code == 404
    assert "没有找到" in answer.text
