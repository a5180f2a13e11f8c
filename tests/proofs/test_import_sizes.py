"""Large files of the kinds that have no lines: how much memory it takes to read them."""

import pytest

from tests.labeling.test_flat_memory import READING, most_memory
from tests.proofs.conftest import scaled

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "name, rows, length, megabytes",
    [
        ("list.json", scaled(20_000, 420_000), 450, 20),
        ("list.json.gz", scaled(20_000, 420_000), 450, 20),
        ("book.xlsx", scaled(3_000, 100_000), 450, scaled(20, 200)),
    ],
)
def test_a_large_import_is_read_in_little_memory(tmp_path, name, rows, length, megabytes, proven):
    """200 MB of JSON, plain and compressed, item by item; of a workbook, the texts are held once."""
    path = tmp_path / name
    memory = most_memory(READING, path, rows, length)
    assert memory < megabytes
    proven(f"{name}, {rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB: read in {memory} MB of memory.")
