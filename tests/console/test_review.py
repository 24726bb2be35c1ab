"""A doctor corrects and signs: what becomes of the chart, and who may."""

from typing import Any

import httpx
import pytest

from tests.console.clinic import Clinic
from tests.console.reading_pages import Element, page

HIGH = {"blood_pressure": "高压一百九十，低压一百一十五"}


async def shown(browser: httpx.AsyncClient, visit: str) -> Element:
    answer = await browser.get(f"/console/visits/{visit}")
    assert answer.status_code == 200
    return page(answer.text)


def amendment(tree: Element, slot: str) -> Element:
    return tree.one("article", id=f"field-{slot}").one("form")


async def amend(
    browser: httpx.AsyncClient, visit: str, slot: str, part: bool = True, **entered: Any
) -> httpx.Response:
    """Open the visit, change a field and send it."""
    form = amendment(await shown(browser, visit), slot)
    headers = {"HX-Request": "true"} if part else {}
    return await browser.post(form.attributes["action"], data=form.fields() | entered, headers=headers)


async def sign(browser: httpx.AsyncClient, visit: str, **more: str) -> httpx.Response:
    form = (await shown(browser, visit)).one("form", class_="sign")
    return await browser.post(form.attributes["action"], data=form.fields() | more)


async def the(desk: Clinic, type_: str, visit: str, **parameters: str) -> dict[str, Any]:
    """The resource of that type that the visit left in the chart."""
    found = [one for one in await desk.search(type_, patient="resident-1", **parameters) if visit in str(one)]
    assert len(found) == 1, found
    return found[0]


def pressures(observation: dict[str, Any]) -> list[float]:
    return [part["valueQuantity"]["value"] for part in observation["component"]]


async def test_a_corrected_value_stands_in_the_draft_with_who_and_why(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    desk.clock.pass_(minutes=3)
    answer = await amend(
        doctor, visit, "blood_pressure", systolic="156", diastolic="95", reason="听录音是一百五十六"
    )
    assert answer.status_code == 200
    tree = page(answer.text)
    pressure = tree.one("article", id="field-blood_pressure")
    assert pressure.one("span", class_="value").text == "156/95 mmHg"
    assert "医生修改" in pressure.text
    assert (
        "张敏：原为 138/82 mmHg ，原因：听录音是一百五十六" in pressure.one("details", class_="history").text
    )

    response = await the(desk, "QuestionnaireResponse", visit)
    assert (response["status"], response["meta"]["versionId"]) == ("in-progress", "2")
    observation = await the(desk, "Observation", visit, code="85354-9")
    assert (observation["status"], pressures(observation)) == ("preliminary", [156, 95])


async def test_class_and_reasons_follow_a_corrected_value(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    before = (await shown(doctor, visit)).one("section", class_="conclusion").text
    assert "控制满意" in before
    answer = await amend(doctor, visit, "blood_pressure", systolic="156", diastolic="95")
    after = page(answer.text).one("section", class_="conclusion").text
    assert "控制不满意" in after and "2周" in after and "156/95" in after
    listed = page((await doctor.get("/console")).text).one("section", class_="section-unsigned").text
    assert "控制不满意" in listed


async def test_a_class_that_the_doctor_set_is_kept(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    await amend(doctor, visit, "classification", value="3")
    answer = await amend(doctor, visit, "blood_pressure", systolic="156", diastolic="95")
    tree = page(answer.text)
    field = tree.one("article", id="field-classification")
    assert field.one("span", class_="value").text == "不良反应"


async def test_a_value_can_be_taken_away(desk: Clinic, doctor: httpx.AsyncClient, visit: str) -> None:
    answer = await amend(doctor, visit, "blood_pressure", none="yes")
    field = page(answer.text).one("article", id="field-blood_pressure")
    assert not field.all("span", class_="value")
    assert (await the(desk, "Observation", visit, code="85354-9"))["status"] == "entered-in-error"


async def test_a_value_that_nobody_told_can_be_added(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="weight", heart_rate="没量")
    answer = await amend(doctor, visit, "weight", kg="61.5")
    assert "61.5 千克" in page(answer.text).one("article", id="field-weight").text
    observation = await the(desk, "Observation", visit, code="29463-7")
    assert observation["valueQuantity"]["value"] == 61.5


async def test_an_implausible_entry_is_refused_and_nothing_is_lost(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    answer = await amend(doctor, visit, "blood_pressure", systolic="1566", diastolic="95", reason="录音")
    assert answer.status_code == 422
    field = page(answer.text).one("article", id="field-blood_pressure")
    assert field.one("p", role="alert").text == "收缩压应在 60 到 280 之间"
    assert field.one("form").fields() | {"csrf": ""} == {
        "csrf": "", "version": "1", "systolic": "1566", "diastolic": "95", "reason": "录音",
    }  # fmt: skip
    assert "open" in field.one("details", class_="amend").attributes
    assert (await the(desk, "QuestionnaireResponse", visit))["meta"]["versionId"] == "1"


async def test_a_browser_without_scripts_amends_too(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    answer = await amend(doctor, visit, "blood_pressure", part=False, systolic="156", diastolic="95")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/console/visits/{visit}#field-blood_pressure"
    refused = await amend(doctor, visit, "blood_pressure", part=False, systolic="", diastolic="95")
    assert refused.status_code == 422 and "<html" in refused.text


async def test_signing_makes_the_chart_final(desk: Clinic, doctor: httpx.AsyncClient, visit: str) -> None:
    desk.clock.pass_(minutes=3)
    answer = await sign(doctor, visit)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console?signed={visit}")

    response = await the(desk, "QuestionnaireResponse", visit)
    assert response["status"] == "completed"
    assert (await the(desk, "Observation", visit, code="85354-9"))["status"] == "final"
    review = await the(desk, "Task", visit, code="urn:health-centre-assistant:task|review")
    assert review["status"] == "completed"
    provenance = await desk.search("Provenance", target=f"QuestionnaireResponse/{response['id']}")
    agents = {p["activity"]["text"]: p["agent"][0]["who"].get("reference") for p in provenance}
    assert agents["医生审核签字"] == "Practitioner/practitioner-1" and len(agents) == 2

    listed = page((await doctor.get(answer.headers["location"])).text)
    assert "王秀英" not in listed.one("section", class_="section-unsigned").text
    row = listed.one("section", class_="section-signed").one("li")
    assert "王秀英" in row.text and "张敏 已签名" in row.text and "data-just-signed" in row.attributes
    assert "张敏 已签名" in (await shown(doctor, visit)).one("p", class_="signed").text
    assert ("sign", f"conversation/{visit}", "resident-1") in [row[1:] for row in await desk.audited()]


async def test_after_the_signature_both_versions_are_kept(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    desk.clock.pass_(minutes=3)
    await sign(doctor, visit)
    desk.clock.pass_(minutes=3)
    answer = await amend(doctor, visit, "blood_pressure", systolic="142", diastolic="88", reason="门诊复测")
    tree = page(answer.text)
    assert "签名后有修改" in tree.one("p", class_="signed").text
    history = tree.one("article", id="field-blood_pressure").one("details", class_="history").text
    assert "原为 138/82 mmHg" in history and "门诊复测" in history

    observation = await the(desk, "Observation", visit, code="85354-9")
    assert (observation["status"], pressures(observation)) == ("amended", [142, 88])
    versions = await desk.store.history("Observation", observation["id"])
    assert [pressures(version.content) for version in versions] == [[142, 88], [138, 82], [138, 82]]
    assert (await the(desk, "QuestionnaireResponse", visit))["status"] == "amended"


async def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    stale = await shown(doctor, visit)
    await amend(doctor, visit, "blood_pressure", systolic="156", diastolic="95")

    form = amendment(stale, "blood_pressure")
    answer = await doctor.post(form.attributes["action"], data=form.fields(), headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "已被他人修改" in answer.text and "156/95 mmHg" in answer.text
    form = stale.one("form", class_="sign")
    answer = await doctor.post(form.attributes["action"], data=form.fields())
    assert answer.status_code == 409
    assert (await the(desk, "QuestionnaireResponse", visit))["status"] == "in-progress"


async def test_nobody_signs_twice(desk: Clinic, doctor: httpx.AsyncClient, visit: str) -> None:
    form = (await shown(doctor, visit)).one("form", class_="sign")
    assert (await doctor.post(form.attributes["action"], data=form.fields())).status_code == 303
    assert (await doctor.post(form.attributes["action"], data=form.fields())).status_code == 409


async def test_an_open_alert_wants_a_second_step(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-2", **HIGH)
    tree = await shown(doctor, visit)
    assert "还有 1 条警报没有确认" in tree.one("form", class_="sign").text
    assert (await sign(doctor, visit)).status_code == 409
    assert (await sign(doctor, visit, acknowledge="yes")).status_code == 303
    tree = await shown(doctor, visit)
    alert = tree.one("section", class_="alert")
    assert "张敏 已于 今天 09:" in alert.text and not alert.all("form")
    listed = page((await doctor.get("/console")).text)
    assert not listed.one("section", class_="section-alerts").all("li")


async def test_acknowledging_on_the_page_of_the_visit(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-2", **HIGH)
    form = (await shown(doctor, visit)).one("section", class_="alert").one("form")
    answer = await doctor.post(form.attributes["action"], data=form.fields(), headers={"HX-Request": "true"})
    assert answer.headers["location"] == f"/console/visits/{visit}/review"
    assert (await sign(doctor, visit)).status_code == 303


async def test_a_review_alert_needs_no_step_of_its_own(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    visit = await desk.follow_up("resident-1", blood_pressure="高压一百五十六，低压九十五")
    assert (await sign(doctor, visit)).status_code == 303
    listed = page((await doctor.get("/console")).text)
    assert not listed.one("section", class_="section-alerts").all("li")


async def test_an_emergency_without_a_form_is_closed_by_signing(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    visit = await desk.follow_up("resident-5", consent="我胸口疼得厉害，一直出冷汗，喘不上气")
    assert (await sign(doctor, visit, acknowledge="yes")).status_code == 303
    listed = page((await doctor.get("/console")).text)
    assert "张德福" in listed.one("section", class_="section-signed").text
    assert "张德福" not in listed.one("section", class_="section-unsigned").text


@pytest.mark.parametrize("token", [None, "", "0" * 64])
async def test_a_form_from_elsewhere_does_nothing(
    desk: Clinic, doctor: httpx.AsyncClient, token: str | None
) -> None:
    visit = await desk.follow_up("resident-2", **HIGH)
    tree = await shown(doctor, visit)
    forms = [
        tree.one("form", class_="sign"),
        tree.one("section", class_="alert").one("form"),
        amendment(tree, "blood_pressure"),
    ]
    for form in forms:
        data = {name: value for name, value in form.fields().items() if name != "csrf"}
        answer = await doctor.post(
            form.attributes["action"], data=data if token is None else data | {"csrf": token}
        )
        assert answer.status_code == 403
        assert "页面已过期" in answer.text
    responses = [
        r for r in await desk.search("QuestionnaireResponse", patient="resident-2") if visit in str(r)
    ]
    assert [r["status"] for r in responses] == ["in-progress"]


async def test_a_token_of_another_session_is_refused(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str
) -> None:
    form = (await shown(doctor, visit)).one("form", class_="sign")
    desk.app.state.access.signing_key = b"another key"
    answer = await doctor.post(form.attributes["action"], data=form.fields())
    assert answer.status_code == 403


@pytest.mark.parametrize("slot", ["identity", "follow_up_method", "nonsense", "..%2fsign"])
async def test_what_cannot_be_amended_is_not(
    desk: Clinic, doctor: httpx.AsyncClient, visit: str, slot: str
) -> None:
    data = amendment(await shown(doctor, visit), "weight").fields() | {"value": "1"}
    answer = await doctor.post(f"/console/visits/{visit}/fields/{slot}", data=data)
    assert answer.status_code in (404, 422)
    assert (await the(desk, "QuestionnaireResponse", visit))["meta"]["versionId"] == "1"
