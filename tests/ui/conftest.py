"""One way to open a page in a test: through Home.py, on a database of its own, as a browser of its own."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.domain.roles import COMMAND_LINE, User
from core.services.data import importing
from core.services.people import local_names, visitors
from core.services.people.sign_in import Entry
from core.services.runtime import runtime
from core.services.workspace import Workspace, open_workspace
from core.ui.data.address import ANSWER
from core.ui.server import asgi
from core.ui.shell import identity
from core.ui.shell.session import the_workspace
from tests.databases import PATIENCE
from tests.desk import Desk
from tests.tabs import PLACE

ROOT = Path(__file__).parents[2]
TOKEN = "the-token-of-this-browser"


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once():
    """AppTest looks for components in every installed package at each run, which takes a quarter of a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def fresh_process(tmp_path, monkeypatch):
    """Every test has its own ASSAY_HOME, and nothing that an earlier test left in the process's runtime."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setattr(identity, "token", lambda: TOKEN)  # AppTest has no cookies
    runtime.close()
    yield
    runtime.close()


@pytest.fixture(scope="session")
def sqlite_with_sample(sqlite_with_tables: Path, tmp_path_factory) -> Path:
    """An SQLite file with the sample in it, to be copied."""
    home = tmp_path_factory.mktemp("sample")
    shutil.copy(sqlite_with_tables, home)
    opened = open_workspace({"ASSAY_HOME": str(home)})
    importing.load_sample(opened, COMMAND_LINE)
    opened.store.engine.dispose()
    return home / sqlite_with_tables.name


@pytest.fixture
def workspace(request: pytest.FixtureRequest, fresh_process, tmp_path) -> Workspace:
    """The database that the pages will open too."""
    filled = "sample" in request.fixturenames
    shutil.copy(request.getfixturevalue("sqlite_with_sample" if filled else "sqlite_with_tables"), tmp_path)
    return open_workspace()


@pytest.fixture
def sample(workspace: Workspace) -> Workspace:
    """The same with the sample in it."""
    return workspace


@pytest.fixture
def ana(workspace: Workspace) -> User:
    """The person for whom this browser speaks."""
    return local_names.rate_as(workspace, TOKEN, "Ana")


@pytest.fixture
def new_desk(fresh_process) -> Callable[[str], Desk]:
    """A new browser at the routes of the server, whose person has chosen this name."""

    def open_it(name: str) -> Desk:
        workspace = the_workspace()
        cookie = visitors.issue(workspace)
        user = local_names.rate_as(workspace, cookie, name)
        client = TestClient(Starlette(routes=asgi.routes), PLACE, headers={"origin": PLACE})
        client.cookies.set(identity.COOKIE, cookie)
        return Desk(client, identity.shown_to(Entry(user, sign_in=cookie)))

    return open_it


@pytest.fixture
def trained(trained_once, fresh_process, tmp_path) -> Workspace:
    """The database that the pages will open, with the sample and a model that really learned from it in use."""
    shutil.copytree(trained_once, tmp_path, dirs_exist_ok=True)
    return open_workspace()


@pytest.fixture
def open_page():
    """Open a page by name; it must come up without an exception."""

    def open_it(name: str = "home", *, answer: int | None = None, **state: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=PATIENCE)
        for key, value in state.items():
            app.session_state[key.replace("__", ".")] = value
        app.run()
        if answer is not None:  # as the address of the page names it
            app.query_params[ANSWER] = str(answer)
        if name != "home":
            app.switch_page(f"pages/{name}.py").run()
        assert not app.exception
        return app

    return open_it
