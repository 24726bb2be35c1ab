"""Who gets in, and what every page carries."""

import re

import httpx
import pytest

from tests.console.clinic import DOCTOR, SERVICE, Clinic
from tests.console.reading_pages import page


@pytest.mark.parametrize("path", ["/console", "/console?scope=all", "/console/visits/some-id"])
async def test_a_page_leads_to_sign_in_and_back(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 303
    shown = await stranger.get(answer.headers["location"])
    assert page(shown.text).one("input", name="next").attributes["value"] == path

    answer = await stranger.post("/console/sign-in", data={"token": DOCTOR, "next": path})
    assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/console/visits/some-id/sign"),
        ("POST", "/console/visits/some-id/fields/weight"),
        ("POST", "/console/alerts/some-id/acknowledge"),
        ("GET", "/console/visits/some-id/recording"),
        ("GET", "/console/visits/some-id/review"),
        ("GET", "/console/worklist"),
    ],
)
async def test_nothing_is_given_or_done_without_a_session(
    stranger: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await stranger.request(method, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")


async def test_a_page_that_refreshes_itself_is_told_to_go_and_sign_in(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/console/worklist", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/console/sign-in")


@pytest.mark.parametrize(
    ("token", "status", "says"),
    [("nonsense", 401, "令牌不正确"), ("", 401, "令牌不正确"), (SERVICE, 403, "供其他系统使用")],
)
async def test_a_wrong_token_is_refused(
    stranger: httpx.AsyncClient, token: str, status: int, says: str
) -> None:
    answer = await stranger.post("/console/sign-in", data={"token": token})
    assert answer.status_code == status
    assert says in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/console", "/fhir/Patient", "/console\\@e"]
)
async def test_signing_in_never_leads_to_another_site(stranger: httpx.AsyncClient, target: str) -> None:
    answer = await stranger.post("/console/sign-in", data={"token": DOCTOR, "next": target})
    assert answer.headers["location"] == "/console"


async def test_another_site_cannot_sign_somebody_in(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post(
        "/console/sign-in", data={"token": DOCTOR}, headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await stranger.post("/console/sign-in", data={"token": DOCTOR})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert DOCTOR not in cookie


async def test_signing_out_ends_the_session(doctor: httpx.AsyncClient) -> None:
    shown = page((await doctor.get("/console")).text)
    form = shown.one("form", action="/console/sign-out")
    answer = await doctor.post("/console/sign-out", data=form.fields())
    assert answer.headers["location"] == "/console/sign-in"
    assert (await doctor.get("/console")).status_code == 303


async def test_the_front_page_is_the_worklist(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/")).headers["location"] == "/console"


async def test_pages_hold_no_script_or_style_of_their_own_and_name_no_other_host(
    desk: Clinic, doctor: httpx.AsyncClient
) -> None:
    visit = await desk.follow_up("resident-1", hang_up_at="heart_rate")
    for path in ("/console", f"/console/visits/{visit}", "/console/visits/none"):
        answer = await doctor.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        tree = page(answer.text)
        assert all(not script.text for script in tree.all("script"))
        assert not tree.all("style")
        assert not re.search(r'\s(style|on[a-z]+)="', answer.text)
        assert not re.search(r'(src|href|action)="(https?:)?//', answer.text)


async def test_the_first_page_is_small(desk: Clinic, doctor: httpx.AsyncClient) -> None:
    await desk.follow_up("resident-1", hang_up_at="heart_rate")
    first = await doctor.get("/console")
    tree = page(first.text)
    parts = [s.attributes["src"] for s in tree.all("script")]
    parts += [link.attributes["href"] for link in tree.all("link")]
    size = len(first.content)
    for part in parts:
        answer = await doctor.get(part)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        size += len(answer.content)
    assert size < 150_000


@pytest.mark.parametrize("path", ["%2e%2e/pages.py", "..%2fpages.py", "templates/base.html", "console.scss"])
async def test_only_the_files_of_the_pages_are_sent(doctor: httpx.AsyncClient, path: str) -> None:
    style = page((await doctor.get("/console")).text).one("link", rel="stylesheet").attributes["href"]
    answer = await doctor.get(style.replace("console.css", path))
    assert answer.status_code == 404
