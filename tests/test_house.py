"""The rules of the house that import-linter cannot express. Its own contracts are in pyproject.toml."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
ENTRY = [path for path in [ROOT / "Home.py"] if path.exists()]
PYTHON = [*CORE, *PAGES, *ENTRY, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]

HEAVY = {"torch", "sentence_transformers", "transformers"}
SQL = {"sqlalchemy", "alembic", "psycopg2"}
LEARNING = {"sklearn", "joblib"}
VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "misc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(nodes: Iterator[ast.AST]) -> set[str]:
    """The top-level packages that these nodes import."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that is executed when the module is imported: not in a function, not under TYPE_CHECKING."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from run_at_import(child)


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def calls(node: ast.AST, function: str) -> bool:
    return any(
        isinstance(part, ast.Call) and function in {getattr(part.func, "id", None), getattr(part.func, "attr", None)}
        for part in ast.walk(node)
    )


def test_torch_and_its_users_are_never_imported_with_a_module():
    assert [name_of(path) for path in CORE if imported(run_at_import(tree_of(path))) & HEAVY] == []


def test_the_front_doors_are_light():
    heavy = HEAVY | LEARNING | {"pandas", "streamlit", "pyarrow"}
    doors = [path for path in CORE if re.match(r"core/(__init__|__main__|cli)\b", name_of(path))]
    assert [name_of(path) for path in doors if imported(run_at_import(tree_of(path))) & heavy] == []


def test_importing_core_loads_neither_torch_nor_streamlit_nor_pandas():
    code = "import sys, core; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (HEAVY | LEARNING | {"streamlit", "pandas"})


def test_the_entry_knows_nothing_of_sql_and_models():
    """What import-linter asks of core and pages, for the file beside them, which is no package."""
    assert [path.name for path in ENTRY if imported(ast.walk(tree_of(path))) & (SQL | LEARNING | HEAVY)] == []


def test_a_page_begins_with_its_guard():
    """Streamlit runs a file of pages/ directly when its address is the first request of a fresh process."""
    for path in PAGES:
        first = next(
            node
            for node in tree_of(path).body
            if not isinstance(node, ast.Import | ast.ImportFrom) and not is_docstring(node)
        )
        written = ast.unparse(first)
        assert not isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef), path
        assert calls(first, "open_page"), f"{path.name} begins with: {written}"
        assert re.search(rf"open_page\(['\"]{path.stem}['\"]", written), f"{path.name} guards another page: {written}"


def test_modules_are_named_for_what_is_inside():
    vague = [path for path in PYTHON if VAGUE_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}]
    assert [name_of(path) for path in vague] == []


def test_nothing_of_ours_lives_in_a_cache_that_a_browser_can_empty():
    """Streamlit drops its caches when a browser says so; what the process opens once is in core/services/runtime.py."""
    cached = []
    for path in CORE + PAGES + ENTRY:
        tree = tree_of(path)
        names = {getattr(node, "attr", None) or getattr(node, "id", None) for node in ast.walk(tree)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        if names & {"cache_resource", "cache_data"}:
            cached.append(name_of(path))
    assert cached == []
