"""The whole application with the shipped content, started and seeded once for each module."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from assistant.app import create_app
from assistant.security.access import development_token
from assistant.settings import load_settings

HOME = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running application and a client that may do everything."""

    app: FastAPI
    client: httpx.AsyncClient
    token: str

    async def post(self, path: str, body: Any) -> httpx.Response:
        """Post JSON as it may come: with escapes that httpx itself would not send."""
        headers = {"Content-Type": "application/json"}
        return await self.client.post(path, content=json.dumps(body), headers=headers)

    def anonymous(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> AsyncIterator[Server]:
    """The application on a database of its own."""
    data = tmp_path_factory.mktemp("var")
    shutil.copyfile(migrated_sqlite, data / "assistant.db")
    settings = load_settings(home=HOME, var_folder=data)
    app = create_app(settings)
    token = development_token(data)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://test",
            headers={"Authorization": f"Bearer {token}"},
        ) as client,
    ):
        yield Server(app, client, token)
