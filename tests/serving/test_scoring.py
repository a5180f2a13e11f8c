"""Scoring in worker processes and on a Dask cluster, and what is kept of finished parts."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.domain.errors import BadInput, Conflict, Unavailable
from core.serving.scoring import cluster
from core.serving.scoring.cluster import DaskWorkers
from core.serving.scoring.parts import part_rows, parts_of, says_where
from core.serving.scoring.processes import DEATHS, LocalWorkers
from core.serving.scoring.scorer import Scored
from tests.serving.scorers import DIE, FAIL, Lengths

ABOUT = {"input": "a", "model": "m", "encoder": "e"}
SCORES = [Scored(0.5, 0.25, None), Scored(None, None, "The answer is empty.")]


def parts(*answers):
    return iter([(number, [("question", answer)]) for number, answer in enumerate(answers)])


def test_every_part_is_scored_once_by_workers_that_stay(tmp_path):
    """Two processes share ten parts; none of them is this one, and all have ended afterwards."""
    before = {child.pid for child in multiprocessing.active_children()}
    workers = LocalWorkers(Lengths(tmp_path).score, 2)
    found = dict(workers.map(parts(*["x" * size for size in range(10)])))
    assert {number: scores[0].score for number, scores in found.items()} == {n: float(n) for n in range(10)}
    taken = [file.name.partition("-")[0] for file in tmp_path.iterdir()]
    assert len(taken) == 10
    assert len(set(taken)) <= 2
    assert str(os.getpid()) not in taken
    assert {child.pid for child in multiprocessing.active_children()} <= before


def test_a_worker_that_dies_costs_its_part_and_is_replaced(tmp_path):
    workers = LocalWorkers(Lengths(tmp_path).score, 1)
    found = dict(workers.map(parts("a", "bb", DIE, "dddd")))
    assert [found[number][0].score for number in range(4)] == [1, 2, 3, 4]
    assert workers.replaced == 1
    taken = [file for file in tmp_path.iterdir() if not file.name.startswith("death")]
    assert len(taken) == 5  # four parts, one of them twice


def test_a_part_that_kills_every_worker_is_given_up_with_a_sentence(tmp_path):
    workers = LocalWorkers(Lengths(tmp_path, dies=99).score, 1)
    with pytest.raises(Unavailable, match="Finished parts are kept"):
        list(workers.map(parts(DIE)))
    assert len(list(tmp_path.glob("death-*"))) == DEATHS


def test_what_a_worker_complains_of_reaches_who_asked(tmp_path):
    with pytest.raises(Unavailable, match="The encoder is not here") as caught:
        list(LocalWorkers(Lengths(tmp_path).score, 1).map(parts(FAIL)))
    assert caught.value.detail == "somewhere"


def test_parts_that_were_kept_are_there_the_next_time(tmp_path):
    """Of the same input, model and encoder; of another one nothing of them counts."""
    out = tmp_path / "scored.csv"
    with parts_of(out) as found:
        assert found.begin(ABOUT) is False
        found.keep(0, SCORES)
    with parts_of(out) as found:
        assert found.begin(ABOUT) is False
        assert found.read(0, 2) == SCORES
        assert found.read(0, 3) is None  # of another size
        assert found.read(1, 2) is None
    with parts_of(out) as found:
        assert found.begin(ABOUT | {"model": "another"}) is True
        assert found.read(0, 2) is None


@pytest.mark.parametrize("rows, size", [(1, 200), (3_000, 200), (8_000, 250), (16_000, 500), (1_000_000, 500)])
def test_a_small_file_has_enough_parts_for_all_cores(rows, size):
    """And a large one no more than a disk and a folder can bear."""
    assert part_rows(rows) == size


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data.replace(b"0.25", b"0.75"), lambda _: b""])
def test_a_damaged_part_is_made_again(tmp_path, damage):
    with parts_of(tmp_path / "scored.csv") as found:
        found.begin(ABOUT)
        found.keep(0, SCORES)
        (file,) = (tmp_path / "scored.csv.parts").glob("part-*")
        file.write_bytes(damage(file.read_bytes()))
        assert found.read(0, 2) is None


def test_nothing_is_left_when_all_is_written(tmp_path):
    with parts_of(tmp_path / "scored.csv") as found:
        found.begin(ABOUT)
        found.keep(0, SCORES)
        found.remove()
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_into_one_file(tmp_path):
    """The second one is told so; after the first it finds its parts."""
    with parts_of(tmp_path / "scored.csv") as first:
        first.begin(ABOUT)
        code = (
            "from pathlib import Path; from core.serving.scoring.parts import parts_of\n"
            f"with parts_of(Path({str(tmp_path / 'scored.csv')!r})): pass"
        )
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert "Another process is scoring into scored.csv" in other.stderr
        with pytest.raises(Conflict), parts_of(tmp_path / "scored.csv"):
            pass
        first.keep(0, SCORES)
    with parts_of(tmp_path / "scored.csv") as after:
        after.begin(ABOUT)
        assert after.read(0, 2) == SCORES


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "scored.csv.parts").write_text("a file where the folder would be")
    with pytest.raises(BadInput, match="choose another place"), parts_of(tmp_path / "scored.csv"):
        pass


def test_a_full_disk_is_said_and_keeps_what_is_there(tmp_path):
    """Files of this process may have 200 bytes: the kernel refuses what is longer, as a full disk does."""
    code = """
import resource, signal, sys
from pathlib import Path
from core.domain.errors import Unavailable
from core.serving.scoring.parts import part_rows, parts_of, says_where
from core.serving.scoring.scorer import Scored
with parts_of(Path(sys.argv[1])) as found:
    found.begin({"input": "a"})
    found.keep(0, [Scored(0.5, None, None)])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
    try:
        says_where(lambda: found.keep(1, [Scored(0.5, None, None)] * 100))
    except Unavailable as error:
        print(error)
    assert found.read(1, 100) is None
    assert found.read(0, 1) == [Scored(0.5, None, None)]
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out.csv")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "free some space and run the same command again" in done.stdout
    with pytest.raises(Unavailable, match="No space left"):
        says_where(lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")))


@pytest.mark.parametrize(
    "address, may",
    [
        ("tls://10.0.0.5:8786", True),
        ("tcp://127.0.0.1:8786", True),
        ("127.0.0.1:8786", True),
        ("localhost:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://192.0.2.7:8786", False),
        ("192.0.2.7:8786", False),
        ("ws://127.0.0.1:8786", False),
        ("tcp://[::", False),
        ("", False),
    ],
)
def test_texts_travel_within_this_machine_or_over_tls_only(tmp_path, monkeypatch, address, may):
    monkeypatch.setattr(cluster, "installed", lambda: True)
    if may:
        DaskWorkers(Lengths(tmp_path).score, address)
    else:
        with pytest.raises(BadInput, match="Nothing was sent"):
            DaskWorkers(Lengths(tmp_path).score, address)


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1:99999", "tcp://localhost:abc", "http://127.0.0.1:80"])
def test_what_is_no_address_is_told_at_once(tmp_path, monkeypatch, address):
    """Dask would look for it for a minute."""
    monkeypatch.setattr(cluster, "installed", lambda: True)
    with pytest.raises(BadInput, match="is no address of a Dask scheduler"):
        DaskWorkers(Lengths(tmp_path).score, address)


def test_without_dask_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "installed", lambda: False)
    with pytest.raises(BadInput, match="make dask"):
        DaskWorkers(Lengths(tmp_path).score, "127.0.0.1:8786")


needs_dask = pytest.mark.skipif(not cluster.installed(), reason="not here: Dask is optional (make dask)")

CLUSTER = """
import json, sys
from pathlib import Path
from distributed import LocalCluster
from core.domain.errors import AssayError
from core.serving.scoring.cluster import DaskWorkers
from tests.serving.scorers import Lengths

if __name__ == "__main__":
    answers = json.loads(sys.argv[2])
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        workers = DaskWorkers(Lengths(Path(sys.argv[1]), dies=int(sys.argv[3])).score, cluster.scheduler_address)
        parts = iter([(number, [("question", answer)]) for number, answer in enumerate(answers)])
        try:
            print(json.dumps(sorted(workers.map(parts))))
        except AssayError as error:
            print(json.dumps(str(error)))
"""


def on_a_cluster(tmp_path, answers, *, dies=1):
    """What a cluster of two processes makes of these answers; in a process of its own, for Dask's warnings."""
    script, diary = tmp_path / "script.py", tmp_path / "diary"
    script.write_text(CLUSTER)
    diary.mkdir()
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, str(script), str(diary), json.dumps(answers), str(dies)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])},
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), diary


@needs_dask
@pytest.mark.slow
def test_a_dask_cluster_scores_every_part_although_a_worker_dies(tmp_path):
    found, diary = on_a_cluster(tmp_path, ["a", "bb", DIE, *["x" * 4] * 20])
    assert [number for number, _ in found] == list(range(23))
    assert [scores[0][0] for _, scores in found][:4] == [1, 2, 3, 4]
    assert len(list(diary.glob("death-*"))) == 1


@needs_dask
@pytest.mark.slow
def test_a_worker_of_a_cluster_that_complains_ends_it_with_its_sentence(tmp_path):
    assert on_a_cluster(tmp_path, ["a", FAIL])[0] == "The encoder is not here."
