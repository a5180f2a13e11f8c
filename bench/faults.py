"""Deliberate faults, each with the test that catches it: ``python -m bench.faults [COMMIT]`` (without: the present
HEAD).

Makes a worktree of the commit, checks that the named tests pass there, then changes one text at a time, runs just that
test and expects it to fail. Ends with 1 when a fault is not caught, or a test or text is not found. It takes minutes
and is not part of ``make test``: run it before and after a change of the tests, to show that they still catch the same.

A fault is named by the text it changes, which stands exactly once in ``core``, and the test by its name, so that
neither depends on where files are.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTEST = ("-q", "-x", "-n0", "-p", "no:cacheprovider", "--hypothesis-profile=ci", "-m", "not postgres")
PASSED, FAILED = 0, 1
"""Exit statuses of pytest; every other one says that the test was not run at all."""


@dataclass(frozen=True)
class Fault:
    """One text that is changed, and the test that must notice."""

    what: str
    old: str
    new: str
    test: str


FAULTS = (
    Fault(
        "an answer that is kept for another rater is served",
        "Lease.expires_at > at",
        "Lease.expires_at < at",
        "test_an_answer_on_the_screen_is_kept_for_its_rater",
    ),
    Fault(
        "the same request is stored twice",
        "select(RatingEvent).where(RatingEvent.request_id == request_id)",
        "select(RatingEvent).where(RatingEvent.event_id < 0)",
        "test_the_same_request_again_stores_nothing",
    ),
    Fault(
        "a rating lands on a text that changed meanwhile",
        "raise TextChanged(row.interaction_id)",
        "return",
        "test_an_act_on_a_text_that_changed_is_refused_and_stores_nothing",
    ),
    Fault(
        "the mirror rounds the consensus up",
        "math.floor(agreed)",
        "math.ceil(agreed)",
        "test_the_mirror_is_the_floor_of_the_median",
    ),
    Fault(
        "the consensus is a mean",
        "return float(statistics.median(values)) if values",
        "return float(statistics.mean(values)) if values",
        "test_gold_is_the_median_with_its_agreement",
    ),
    Fault(
        "an import stores what is there already",
        "is_new=identity not in ids",
        "is_new=True",
        "test_the_same_file_again_adds_nothing",
    ),
    Fault(
        "no line of the audit log is written",
        "session.add(Audit(actor=key, action=action, subject=subject, old=old, new=new))",
        "Audit(actor=key, action=action, subject=subject, old=old, new=new)",
        "test_an_act_is_in_the_record_once",
    ),
    Fault(
        "an SQLite file is upgraded without a copy",
        "where is State.BEHIND and store.is_sqlite and keep_copy",
        "where is State.AHEAD and store.is_sqlite and keep_copy",
        "test_sqlite_that_is_behind_is_backed_up_and_upgraded",
    ),
    Fault(
        "a cookie from the time of a backup opens the restored copy",
        "session.execute(delete(Visitor))",
        "session.execute(select(Visitor))",
        "test_nobody_is_signed_in_by_an_old_cookie",
    ),
    Fault(
        "a file of a backup is not checked against its hash",
        "digest.hexdigest() != sha256 or",
        "",
        "test_a_damaged_backup_is_refused_before_anything_is_written",
    ),
    Fault(
        "an erasure leaves the vectors of the texts",
        'Part("vectors", Embedding, Embedding.text_hash.in_(hashes)),',
        "",
        "test_an_answer_is_gone_from_all_tables",
    ),
    Fault(
        "a revoked key still opens",
        "ApiKey.key_hash == hash_of(key), ApiKey.revoked_at.is_(None)",
        "ApiKey.key_hash == hash_of(key)",
        "test_a_key_opens_until_it_is_revoked",
    ),
    Fault(
        "viewers may rate",
        "Role.VIEWER: frozenset({Act.LOOK, Act.RERANK})",
        "Role.VIEWER: frozenset({Act.LOOK, Act.RERANK, Act.RATE})",
        "test_the_table_for_people_says_what_the_code_allows",
    ),
    Fault(
        "the role is not asked for",
        "if not may(user, act):",
        "if not may(user, Act.LOOK):",
        "test_only_leads_manage_people",
    ),
    Fault(
        "an address that the provider did not check opens an invitation",
        "checked = verified is True or",
        "checked = True or",
        "test_only_an_address_that_the_provider_checked_opens_an_invitation",
    ),
    Fault(
        "nobody is told 429",
        "if left < 1:",
        "if left < -1_000_000:",
        "test_too_many_requests_of_one_address_wait",
    ),
    Fault(
        "a page of another site may ask",
        "return page.name == asked.name or",
        "return True or",
        "test_a_foreign_origin_is_answered_before_anything_else",
    ),
    Fault(
        "texts leave the services unmasked",
        " else _masked_text(found, known)",
        " else str(found)",
        "test_no_service_hands_out_an_identifier",
    ),
    Fault(
        "a cell of an export calculates in a spreadsheet",
        """return "'" + text if _DANGEROUS.match(text) else text""",
        "return text",
        "test_no_cell_of_a_written_file_calculates",
    ),
    Fault(
        "an answer's markup is run by the browser",
        '{"html": False',
        '{"html": True',
        "test_html_is_shown_as_text",
    ),
    Fault(
        "a pair is exported the wrong way round",
        "if ratings[one] > ratings[other]",
        "if ratings[one] < ratings[other]",
        "test_pairs_are_what_the_definition_says",
    ),
    Fault(
        "a model file is unpickled whatever its hash",
        "if _sha256(files[name]) != sha256:",
        "if not files[name]:",
        "test_a_changed_file_is_never_unpickled",
    ),
    Fault(
        "answers to one prompt stand in learning and in testing",
        "good, groups)):",
        "good, np.arange(len(good)))):",
        "test_folds_never_split_a_prompt_and_balance_the_classes",
    ),
    Fault(
        "held-out prompts are learned from",
        "< _SHARE * 16**8",
        "< 0 * _SHARE",
        "test_from_200_ratings_a_fifth_of_the_prompts_is_never_learned_from",
    ),
    Fault(
        "intervals are too narrow",
        "[outside, 1 - outside]",
        "[0.2, 0.8]",
        "test_few_prompts_reach_further_out",
    ),
    Fault(
        "a model that is worse than the one in use takes its place",
        "versus_champion.low > TOLERATED_LOSS",
        "versus_champion.low > -1",
        "test_a_challenger_is_no_worse_and_not_by_chance",
    ),
    Fault(
        "the worst answer is ranked first",
        "key=lambda index: -scores[index]",
        "key=lambda index: scores[index]",
        "test_rerank_from_txt_and_jsonl",
    ),
    Fault(
        "a familiar question is called unlike those that were rated",
        "likeness < self.familiar",
        "likeness > self.familiar",
        "test_an_unlike_prompt_is_outside",
    ),
)


def main(arguments: list[str]) -> int:
    """Try every fault on the named commit; 1 unless all are caught."""
    with worktree_of(arguments[0] if arguments else "HEAD") as tree:
        tests = {fault.test: test_named(tree, fault.test) for fault in FAULTS}
        began = time.monotonic()
        status, printed = run(tree, *tests.values())
        print(f"without faults: {'passed' if status == PASSED else 'FAILED'} ({time.monotonic() - began:.0f} s)")
        if status != PASSED:
            print(printed)
            return 1
        missed = sum(not tried(tree, fault, tests[fault.test]) for fault in FAULTS)
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} faults caught")
    return int(missed > 0)


def tried(tree: Path, fault: Fault, test: str) -> bool:
    """Whether the test fails once the fault is in; the file is restored."""
    place = file_with(tree, fault.old)
    before = place.read_text(encoding="utf-8")
    began = time.monotonic()
    place.write_text(before.replace(fault.old, fault.new), encoding="utf-8")
    try:
        status, printed = run(tree, test)
    finally:
        place.write_text(before, encoding="utf-8")
    found = {PASSED: "NOT CAUGHT", FAILED: "caught"}.get(status, "NOT RUN")
    where = place.relative_to(tree)
    print(f"{found}\t{time.monotonic() - began:3.0f} s  {fault.what}  [{where}; {fault.test}]", flush=True)
    if status not in (PASSED, FAILED):
        print(printed)
    return status == FAILED


@contextmanager
def worktree_of(commit: str) -> Iterator[Path]:
    """The files of a commit in a place of their own, which is removed again."""
    with tempfile.TemporaryDirectory(prefix="assay-faults-") as folder:
        tree = Path(folder) / "tree"
        git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            yield tree
        finally:
            git("worktree", "remove", "--force", str(tree))


def git(*arguments: str) -> None:
    """Run git in this repository."""
    subprocess.run(["git", *arguments], cwd=ROOT, check=True)


def file_with(tree: Path, text: str) -> Path:
    """The one file of ``core`` in which the text stands, once.

    Raises:
        SystemExit: there is none, or it stands there several times.
    """
    counts = {path: path.read_text(encoding="utf-8").count(text) for path in (tree / "core").rglob("*.py")}
    if sum(counts.values()) != 1:
        raise SystemExit(f"stands {sum(counts.values())} times in core instead of once: {text}")
    return max(counts, key=lambda path: counts[path])


def test_named(tree: Path, name: str) -> str:
    """The address of a test as pytest takes it.

    Raises:
        SystemExit: there is none of that name, or several.
    """
    defined = re.compile(rf"^def {name}\(", re.MULTILINE)
    found = [path for path in (tree / "tests").rglob("test_*.py") if defined.search(path.read_text(encoding="utf-8"))]
    if len(found) != 1:
        raise SystemExit(f"{len(found)} tests instead of one are called {name}")
    return f"{found[0].relative_to(tree)}::{name}"


def run(tree: Path, *tests: str) -> tuple[int, str]:
    """Run these tests, on SQLite, until one fails; pytest's exit status and what it printed."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", *PYTEST, *tests],
        cwd=tree,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
