"""Tokens and sessions: who gets in, and a production start that refuses what is only for development."""

import stat
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from assistant.security.access import Access, Principal, development_token
from assistant.security.guards import require
from assistant.security.sessions import COOKIE, Sessions
from assistant.settings import Settings, SettingsError, load_settings

SECRET = "a-secret-of-more-than-24-characters"
OTHER = "another-secret-of-more-than-24-characters"


def _production(var: Path, tokens: str | None, secret: str | None = SECRET) -> Settings:
    return load_settings(env="production", var_folder=var, tokens=tokens, secret=secret)


class TestProduction:
    def test_tokens_by_name_and_role(self, tmp_path: Path) -> None:
        digest = sha256(OTHER.encode()).hexdigest()
        access = Access.load(_production(tmp_path, f"his={SECRET}, practitioner-1:doctor=sha256:{digest}"))
        assert access.principal(SECRET) == Principal(id="his", role="service")
        assert access.principal(OTHER) == Principal(id="practitioner-1", role="doctor")
        assert access.principal("") is None and access.principal(digest) is None

    @pytest.mark.parametrize(
        ("tokens", "secret", "message"),
        [
            (None, SECRET, "ASSISTANT_TOKENS: production needs at least one token"),
            ("", SECRET, "ASSISTANT_TOKENS: production needs at least one token"),
            (f"his={SECRET}", None, "ASSISTANT_SECRET: production needs a secret"),
            (f"his={SECRET}", "short", "ASSISTANT_SECRET: production needs a secret"),
            (SECRET, SECRET, "entry 1: expected name=secret"),
            (
                f"a={SECRET} b:king={OTHER}",
                SECRET,
                r"entry 2 \(b\): unknown role king; known: service, doctor",
            ),
            ("his=short", SECRET, r"entry 1 \(his\): secrets need at least 24 characters"),
            ("his=sha256:12", SECRET, "must be followed by 64 hexadecimal digits"),
            ("his=dev-" + SECRET, SECRET, "is a development token"),
        ],
    )
    def test_what_must_not_start(
        self, tmp_path: Path, tokens: str | None, secret: str | None, message: str
    ) -> None:
        with pytest.raises(SettingsError, match=message) as refused:
            Access.load(_production(tmp_path, tokens, secret))
        assert "\n" not in str(refused.value)
        assert SECRET not in str(refused.value) and OTHER not in str(refused.value)

    def test_the_development_token_by_its_digest(self, tmp_path: Path) -> None:
        digest = sha256(development_token(tmp_path).encode()).hexdigest()
        with pytest.raises(SettingsError, match="holds the development token"):
            Access.load(_production(tmp_path, f"his=sha256:{digest}"))


class TestDevelopment:
    def test_the_token_is_kept_in_a_file_for_its_owner_only(self, tmp_path: Path) -> None:
        token = development_token(tmp_path / "var")
        path = tmp_path / "var" / "dev-token"
        assert path.read_text().strip() == token
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert development_token(tmp_path / "var") == token

    def test_a_file_that_holds_no_token_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "dev-token").write_text("x")
        assert len(development_token(tmp_path)) > 40

    def test_it_may_do_everything(self, tmp_path: Path) -> None:
        access = Access.load(load_settings(var_folder=tmp_path))
        principal = access.principal(development_token(tmp_path))
        assert principal is not None and principal.role == "operator"


def _application(access: Access) -> FastAPI:
    app = FastAPI()
    app.state.access = access
    app.state.sessions = Sessions(access, secure=False)

    @app.get("/any")
    @app.post("/any")
    async def anybody(principal: Principal = Depends(require())) -> str:
        return principal.id

    @app.get("/doctors", dependencies=[Depends(require("doctor"))])
    async def doctors() -> None: ...

    @app.post("/sign-in")
    async def sign_in(request: Request, response: Response) -> None:
        principal = access.principal(request.headers["x-token"])
        assert principal is not None
        app.state.sessions.sign_in(response, principal)

    return app


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    access = Access.load(_production(tmp_path, f"his={SECRET} practitioner-1:doctor={OTHER}"))
    return TestClient(_application(access))


class TestGuards:
    def test_a_role_that_is_not_enough_is_403(self, client: TestClient) -> None:
        assert client.get("/doctors", headers={"Authorization": f"Bearer {SECRET}"}).status_code == 403
        assert client.get("/doctors", headers={"Authorization": f"bearer {OTHER}"}).status_code == 200

    def test_a_session_lasts_without_the_token(self, client: TestClient) -> None:
        assert client.get("/any").status_code == 401
        answer = client.post("/sign-in", headers={"X-Token": OTHER})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie
        assert client.get("/any").json() == "practitioner-1"
        assert client.get("/doctors").status_code == 200

    def test_a_forged_session_is_nobodys(self, client: TestClient, tmp_path: Path) -> None:
        client.post("/sign-in", headers={"X-Token": OTHER})
        value = client.cookies[COOKIE]
        client.cookies.clear()
        client.cookies[COOKIE] = value[:-2] + ("aa" if value[-2:] != "aa" else "bb")
        assert client.get("/any").status_code == 401

    def test_a_session_of_another_installation_is_nobodys(self, client: TestClient, tmp_path: Path) -> None:
        settings = _production(tmp_path, f"practitioner-1:doctor={OTHER}", secret=OTHER)
        elsewhere = TestClient(_application(Access.load(settings)))
        elsewhere.post("/sign-in", headers={"X-Token": OTHER})
        client.cookies[COOKIE] = elsewhere.cookies[COOKIE]
        assert client.get("/any").status_code == 401

    def test_another_sites_page_cannot_use_the_session(self, client: TestClient) -> None:
        client.post("/sign-in", headers={"X-Token": OTHER})
        assert client.post("/any", headers={"Origin": "https://elsewhere.example"}).status_code == 401
        assert client.post("/any", headers={"Origin": "http://testserver"}).status_code == 200

    def test_a_wrong_token_is_not_made_good_by_a_session(self, client: TestClient) -> None:
        client.post("/sign-in", headers={"X-Token": OTHER})
        assert client.get("/any", headers={"Authorization": "Bearer wrong"}).status_code == 401
