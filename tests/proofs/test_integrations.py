"""The recipes of docs/integrations.md run as they stand there, against the libraries that they are for.

These are installed into an environment of their own, never beside Assay.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.domain.roles import COMMAND_LINE, KeyScope
from core.http.api import Api
from core.services.people import api_keys
from core.services.reranking import usage
from core.services.workspace import Workspace, open_workspace
from tests.databases import ROOT
from tests.integration.serving import on_a_port
from tests.proofs.conftest import FULL

SHOWN = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
PINNED = ROOT / "requirements-integrations.txt"
OPEN_WEBUI = "open-webui==0.12.4"
"""Installed without what it depends on, which is an application of hundreds of packages: its reranker is all that is
called."""
THERE = "http://localhost:8501"
WITHOUT_ITS_APPLICATION = """
import os, sys, types
package, settings, headers = (types.ModuleType(f"open_webui{name}") for name in ("", ".env", ".utils.headers"))
package.__path__ = [FOLDER]
settings.ENABLE_FORWARD_USER_INFO_HEADERS, settings.REQUESTS_VERIFY = False, True
headers.include_user_info_headers = None
sys.modules |= {module.__name__: module for module in (package, settings, headers)}
from open_webui.retrieval.models.external import ExternalReranker
reranker = ExternalReranker(
    api_key=os.environ["RAG_EXTERNAL_RERANKER_API_KEY"],
    url=os.environ["RAG_EXTERNAL_RERANKER_URL"],
    model=os.environ["RAG_RERANKING_MODEL"],
)
question = "My phone froze and does not react. What can I do?"
texts = ["Buy our premium plan today!", "Hold the power button for ten seconds to force a restart.", ""]
scores = reranker.predict([(question, text) for text in texts])
assert len(scores) == 3 and scores[2] == 0
best = scores.index(max(scores))
"""

needs_other_libraries = pytest.mark.skipif(not FULL, reason="not here: installs other libraries: only in make proof")


@pytest.fixture
def workspace(trained_home: Path) -> Workspace:
    """A database with a champion."""
    return open_workspace()


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    with on_a_port(Api(lambda: workspace).app) as found:
        yield found


@pytest.fixture
def key(workspace: Workspace) -> str:
    made, _ = api_keys.create(workspace, COMMAND_LINE, "integrations", tuple(KeyScope))
    return made


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    return folder / "bin" / "python"


@pytest.fixture
def install(python: Path) -> Callable[..., None]:
    """Installs a library at its pinned version; the test is skipped where that fails."""

    def installed(*what: str) -> None:
        command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", str(PINNED), *what]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"not here: {what[-1]} does not install: {done.stderr.strip().splitlines()[-1]}")

    return installed


def best_of(python: Path, code: str, tmp_path: Path, **environ: str) -> int:
    """What the code calls ``best``, run in the other environment."""
    (best,) = printed(python, code, tmp_path, "best", **environ)
    return int(best)


def printed(python: Path, code: str, tmp_path: Path, *names: str, **environ: str) -> list[str]:
    """What these names stand for once the code ran in the other environment."""
    usual = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    quiet = {"HOME": str(tmp_path), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    command = [str(python), "-c", "\n".join([code, *(f"print({name})" for name in names)])]
    done = subprocess.run(command, env=usual | quiet | environ, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-len(names) :]


def recipe(language: str, containing: str) -> str:
    """The one block of that language that contains these words."""
    blocks = re.findall(rf"```{language}\n(.*?)```", SHOWN, flags=re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return str(found)


@needs_other_libraries
@pytest.mark.parametrize("provider", re.findall(r"^\| `(\w+)/champion`", SHOWN, flags=re.MULTILINE))
def test_litellm_finds_the_better_answer_by_every_name(
    provider: str,
    workspace: Workspace,
    install: Callable[..., None],
    python: Path,
    address: str,
    key: str,
    tmp_path: Path,
) -> None:
    """The recipe with each provider of its table; with a hole in the list. The id that it brings back is that of the
    ranking, where it has ids: feedback can name it."""
    install("litellm")
    code = recipe("python", "import litellm").replace(THERE, address).replace("KEY", key)
    code = code.replace("cohere/champion", f"{provider}/champion").replace('documents=["Buy', 'documents=["", "Buy')
    rerank_id, best = printed(python, code, tmp_path, "found.id", "best")
    assert best == "2"
    usage.log_of(workspace).write()
    said = {"rerank": rerank_id, "thumb": "up"}
    status = httpx.post(f"{address}/v1/feedback", json=said, headers={"authorization": f"Bearer {key}"}).status_code
    assert status == (404 if provider == "huggingface" else 200)


@needs_other_libraries
@pytest.mark.parametrize(
    "package, imported",
    [
        ("langchain-cohere", "from langchain_cohere"),
        ("llama-index-postprocessor-tei-rerank", "from llama_index.postprocessor"),
    ],
)
def test_libraries_of_retrieval_find_the_better_answer(
    package: str, imported: str, install: Callable[..., None], python: Path, address: str, key: str, tmp_path: Path
) -> None:
    """A document compressor of LangChain and a node postprocessor of LlamaIndex."""
    install(package)
    code = recipe("python", imported).replace(THERE, address).replace("KEY", key)
    assert best_of(python, code, tmp_path) == 1


@needs_other_libraries
def test_open_webui_finds_the_better_answer(
    install: Callable[..., None], python: Path, address: str, key: str, tmp_path: Path
) -> None:
    """Its external reranker with the settings shown, and each setting is one that it reads."""
    install("requests")
    install("--no-deps", "--target", str(tmp_path / "webui"), OPEN_WEBUI)
    lines = recipe("bash", "RAG_RERANKING_ENGINE").replace(THERE, address).replace("KEY\n", f"{key}\n").splitlines()
    settings = dict(line.split("=", 1) for line in lines)
    folder = tmp_path / "webui" / "open_webui"
    read = (folder / "config.py").read_text(encoding="utf-8")
    assert {name for name in settings if f"'{name}'" not in read} == set()
    code = WITHOUT_ITS_APPLICATION.replace("FOLDER", repr(str(folder)))
    assert best_of(python, code, tmp_path, **settings) == 1


def test_the_line_for_text_embeddings_inference_answers_as_shown(address: str) -> None:
    """The same fields in the same order, the better answer first."""
    line = recipe("bash", '"texts"')
    body = json.loads(re.search(r"-d '(.*)'", line, flags=re.DOTALL)[1])
    pictured: list[dict[str, Any]] = json.loads(recipe("json", '"score"'))
    answer = httpx.post(f"{address}/rerank", json=body).json()
    assert [list(row) for row in answer] == [list(row) for row in pictured]
    assert [(row["index"], row["text"]) for row in answer] == [(row["index"], row["text"]) for row in pictured]
