"""The API in this process, called as a program on this machine calls it."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from core.http.api import Api
from core.services.workspace import Workspace

HERE = "http://localhost:8501"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite: what differs between databases is tested with the services."""
    return sqlite_url


@pytest.fixture
def api(workspace: Workspace) -> Api:
    """The API on the test's database, which holds no model."""
    return Api(lambda: workspace)


@pytest.fixture
def client(api: Api) -> TestClient:
    """A program on this machine."""
    return TestClient(api.app, base_url=HERE, client=("127.0.0.1", 50000))


@pytest.fixture
def call(api: Api) -> Callable[..., int]:
    """Calls /v1/rerank from some peer with some headers; the status."""

    def from_somewhere(peer: str = "127.0.0.1", **headers: str) -> int:
        named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        here = TestClient(api.app, base_url=HERE, client=(peer, 50000))
        return int(here.post("/v1/rerank", json={"query": "q", "documents": ["a"]}, headers=named).status_code)

    return from_somewhere
