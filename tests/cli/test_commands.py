"""The command line: one JSON object last, exit codes 0, 2 and 1, and one sentence for every error."""

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.main import main
from core.domain.roles import COMMAND_LINE
from core.domain.settings import Settings
from core.services.operations.status import status
from core.services.reranking import preferences
from core.services.training import training
from core.services.workspace import open_workspace
from core.store import schema
from core.store.interactions import imports
from tests import looked, sent
from tests.databases import PATIENCE, ROOT, added, environment, rater
from tests.reward.fakes import rated_answers, reference_embedder


@pytest.fixture
def cli(environ, monkeypatch, capsys):
    """Runs a command in this process: (exit code, lines of stdout, stderr)."""
    for name in ("DATABASE_URL", "ASSAY_HOME"):
        monkeypatch.setenv(name, environ[name])

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


@pytest.fixture
def sqlite_cli(sqlite_url, tmp_path, monkeypatch, capsys):
    """As ``cli``, for what has nothing to do with the kind of database."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    return run


def answer(result):
    code, lines, err = result
    assert (code, err) == (0, "")
    return json.loads(lines[-1])


def sentence(result, expected_code):
    """The one line of an error; nothing on stdout, no trace."""
    code, lines, err = result
    assert code == expected_code
    assert lines == []
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err.strip()


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "user_prompt,ai_response,rating,rater\np,one,5,Ana\np,two,2,Ana\np,one,5,Ana\np,one,1,Ana\np,,3,Ben\n"
    )
    return path


def test_init_creates_everything(cli):
    """``init`` on nothing creates all tables and says so; again it changes nothing."""
    first = answer(cli("init", "--json"))
    assert set(first) == {"database", "revision", "tables"}
    assert first["revision"] == schema.head()
    assert all(first["tables"].values())
    assert {"rlhf_interactions", "rlhf_sessions", "rlhf_reward_model_training", "assay_ratings"} <= set(first["tables"])
    assert answer(cli("init", "--json")) == first


def test_init_adopts_what_is_there(legacy_database, cli):
    """``init`` on a database of the old application takes its ratings over at once."""
    answer(cli("init", "--json"))
    assert legacy_database.run("SELECT count(*) FROM assay_items") == [(9,)]
    assert answer(cli("status", "--json"))["rated"] == 6


def test_import_says_what_became_of_every_row(cli, csv_file):
    """``import`` prints the counts in words and as JSON."""
    code, lines, err = cli("import", csv_file, "--json")
    assert (code, err) == (0, "")
    found = json.loads(lines[-1])
    assert found == {
        "added": 2,
        "ratings": 2,
        "duplicates": 1,
        "rejected_total": 2,
        "import_id": found["import_id"],
        "rejected": [
            {"row": 4, "reason": "already rated 5 by Ana"},
            {"row": 5, "reason": "the answer is empty"},
        ],
        "ratings_left_out": {"total": 0, "rows": []},
        "preferences": 0,
        "ties": 0,
        "equal_pairs": 0,
    }
    assert lines[0] == "2 interactions added, 2 ratings, 1 duplicates, 2 rows rejected."
    assert lines[1] == "  row 5: already rated 5 by Ana"  # as a spreadsheet counts, with the header


def test_import_asks_what_ratings_mean_and_stores_nothing_until_it_is_said(cli, tmp_path):
    """A file from 0 to 4 ends with exit 2 and a sentence that names the range and the option; with it, it is in."""
    path = tmp_path / "rows.csv"
    path.write_text("user_prompt,ai_response,rating\np,one,0\np,two,4\np,three,N/A\np,four,\n")
    said = sentence(cli("import", path), 2)
    assert "go from 0 to 4" in said
    assert "--scale 0-4" in said
    assert "Nothing was stored." in said
    assert answer(cli("status", "--json"))["interactions"] == 0
    found = answer(cli("import", path, "--scale", "0-4", "--json"))
    assert (found["added"], found["ratings"], found["ratings_left_out"]["total"]) == (4, 2, 0)
    answer(cli("export", "ratings", "--out", tmp_path / "out.jsonl", "--json"))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert {row["ai_response"]: row["rating"] for row in rows} == {"one": 1, "two": 5}


def test_import_lists_the_ratings_that_it_leaves_out(cli, tmp_path):
    """Up to 2 % that are no whole number: the answers are in without them, and the command says in which rows."""
    path = tmp_path / "rows.csv"
    path.write_text("user_prompt,ai_response,rating\n" + "".join(f"p,a{n},4\n" for n in range(99)) + "p,odd,3.5\n")
    code, lines, err = cli("import", path, "--json")
    assert (code, err) == (0, "")
    reason = "rating '3.5' is not a whole number from 1 to 5"
    assert json.loads(lines[-1])["ratings_left_out"] == {"total": 1, "rows": [{"row": 100, "reason": reason}]}
    assert lines[1:3] == ["1 answer is in without a rating that can be read:", f"  row 101: {reason}"]


def test_import_check_says_what_would_happen_and_stores_nothing(cli, tmp_path):
    """What the file is, what would come in and what not, what has to be said first; exit 0 in every case."""
    path = tmp_path / "rows.csv"
    path.write_text("Question;Reply;Score;Ward\np;one;0;A\np;two;4;B\n;three;1;B\n")
    columns = ["--map", "user_prompt=Question", "--map", "ai_response=Reply", "--map", "rating=Score"]
    code, lines, err = cli("import", path, *columns, "--check", "--json")
    assert (code, err) == (0, "")
    found = json.loads(lines[-1])
    assert (found["rows"], found["new_answers"], found["ratings"], found["rejected_total"]) == (3, 2, 1, 1)
    assert (found["must_ask"], found["metadata"], found["shape"]) == (True, ["Ward"], "table")
    said = "\n".join(lines[:-1])
    assert "semicolon" in said
    assert "  row 4: the question is empty" in said
    assert "Kept as metadata: Ward." in said
    assert "--scale 0-4" in said
    code, lines, _ = cli("import", path, *columns, "--check", "--scale", "0-4", "--json")
    assert (code, json.loads(lines[-1])["ratings"], json.loads(lines[-1])["must_ask"]) == (0, 2, False)
    assert lines[-2] == "Nothing was stored."
    assert answer(cli("status", "--json"))["interactions"] == 0
    found = answer(cli("import", path, *columns, "--scale", "0-4", "--json"))
    assert (found["added"], found["ratings"], found["rejected_total"]) == (2, 2, 1)


def test_import_of_comparisons_says_what_became_of_them(cli, tmp_path):
    """Both answers come in, and which is better as a preference; pairs of one text with itself are counted."""
    path = tmp_path / "pairs.jsonl"
    pairs = [("q", "good", "bad"), ("q", "same", "same")]
    path.write_text("".join(json.dumps({"prompt": p, "chosen": c, "rejected": r}) + "\n" for p, c, r in pairs))
    code, lines, err = cli("import", path, "--rater", "Ana", "--json")
    assert (code, err) == (0, "")
    found = json.loads(lines[-1])
    assert (found["added"], found["preferences"], found["ties"], found["equal_pairs"]) == (3, 1, 0, 1)
    assert lines[1] == "1 comparison becomes a preference, 0 prefer neither answer, 1 compares an answer with itself."


def test_import_of_columns_it_does_not_know_ends_with_the_options_to_paste(cli, tmp_path):
    """What the sentence ends with imports the file."""
    path = tmp_path / "rows.csv"
    path.write_text("Prompt,Model answer,Score\np,one,4\n")
    said = sentence(cli("import", path), 2)
    options = "--map user_prompt=Prompt --map 'ai_response=Model answer' --map rating=Score"
    assert said.endswith(f" {options}")
    assert answer(cli("import", path, *shlex.split(options), "--json"))["ratings"] == 1


@pytest.mark.parametrize(
    "options, words",
    [
        (["--map", "user_prompt"], "--map user_prompt=Question"),
        (["--map", "prompt=p"], "is not a column that can be imported"),
        (["--shape", "nonsense"], "no shape 'nonsense'"),
        (["--scale", "nonsense"], "'nonsense' is not a scale"),
        (["--sheet", "Two"], "no sheet 'Two'"),
    ],
)
def test_import_options_that_mean_nothing_are_refused(sqlite_cli, csv_file, options, words):
    """One sentence, exit 2, nothing stored."""
    assert words in sentence(sqlite_cli("import", csv_file, *options), 2)
    assert answer(sqlite_cli("status", "--json"))["interactions"] == 0


def test_import_takes_rater_and_context(cli, tmp_path):
    """--rater names whose ratings they are, --context-column what separates equal prompts."""
    path = tmp_path / "rows.csv"
    path.write_text("user_prompt,ai_response,rating,session_id\np,a,5,s1\np,a,4,s2\n")
    found = answer(cli("import", path, "--rater", "Dr. Lima", "--context-column", "session_id", "--json"))
    assert (found["added"], found["ratings"]) == (2, 2)
    answer(cli("export", "ratings", "--out", tmp_path / "out.jsonl", "--json"))
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert {(row["rater"], row["context_id"]) for row in rows} == {("Dr. Lima", "s1"), ("Dr. Lima", "s2")}


def test_status_counts(cli, csv_file):
    """``status`` prints the promised fields, before and after data is there."""
    empty = answer(cli("status", "--json"))
    label = empty.pop("database")
    assert "assay" in label
    assert {
        name: empty[name]
        for name in ("interactions", "rated", "unrated", "good", "stage", "next_threshold", "champion")
    } == {
        "interactions": 0,
        "rated": 0,
        "unrated": 0,
        "good": 0,
        "stage": "collecting",
        "next_threshold": 50,
        "champion": None,
    }
    cli("import", csv_file)
    found = answer(cli("status", "--json"))
    assert (found["interactions"], found["rated"], found["unrated"], found["good"]) == (2, 2, 0, 1)


def test_status_sees_what_the_old_application_just_wrote(cli, old_app):
    """Every call looks anew, however short ago the last one was."""
    answer(cli("status", "--json"))
    old_app.run("INSERT INTO rlhf_interactions (user_prompt, ai_response, rating) VALUES ('p', 'a', 4)")
    assert answer(cli("status", "--json"))["rated"] == 1


@pytest.mark.every_database
@pytest.mark.parametrize("kind, rows", [("ratings", 2), ("gold", 2), ("pairs", 1), ("kto", 2)])
def test_export_writes_a_file(cli, csv_file, tmp_path, kind, rows):
    """``export`` writes the file and says how many rows and how many prompts without a pair."""
    cli("import", csv_file)
    path = tmp_path / f"{kind}.jsonl"
    assert answer(cli("export", kind, "--out", path, "--json")) == {
        "rows": rows,
        "path": str(path),
        "prompts_without_pair": 0,
    }
    assert len(path.read_text().splitlines()) == rows


def test_stored_conversations_are_converted_only_when_told_so(cli):
    """Without --yes they are counted."""
    workspace = open_workspace()
    added(workspace, "Human: Hi\n\nAssistant: Hello.\n\nHuman: Why?")
    assert answer(cli("conversations", "--json")) == {"prompts": 1, "converted": 0, "left": 0}
    assert answer(cli("conversations", "--yes", "--json")) == {"prompts": 1, "converted": 1, "left": 0}
    assert answer(cli("conversations", "--json")) == {"prompts": 0, "converted": 0, "left": 0}


def test_the_json_is_one_line_of_any_script(sqlite_cli, tmp_path):
    """Reasons with other scripts and line breaks stay readable and on one line."""
    path = tmp_path / "rows.csv"
    path.write_text('user_prompt,ai_response,rating\n日本語,"a\nb","良\nい"\n', encoding="utf-8")
    code, lines, err = sqlite_cli("import", path, "--scale", "1-5", "--json")
    assert (code, err) == (0, "")
    assert "良" in lines[-1]
    left_out = [{"row": 1, "reason": r"rating '良\nい' is not a number from 1 to 5"}]
    assert json.loads(lines[-1])["ratings_left_out"] == {"total": 1, "rows": left_out}


def test_without_json_there_are_only_words(sqlite_cli):
    """Without --json no JSON is printed."""
    code, lines, err = sqlite_cli("status")
    assert (code, err) == (0, "")
    assert lines[0].startswith("Database: sqlite:///")
    assert not any(line.startswith("{") for line in lines)


def test_sample_can_be_loaded_and_removed(sqlite_cli, csv_file):
    """``sample load`` works once on an empty database; ``sample remove`` takes it back."""
    assert answer(sqlite_cli("sample", "load", "--json"))["added"] == 204
    assert answer(sqlite_cli("status", "--json"))["sample"] is True
    assert "empty database" in sentence(sqlite_cli("sample", "load"), 1)
    assert "train one first" in sentence(sqlite_cli("sample", "feedback"), 1)
    assert answer(sqlite_cli("sample", "remove", "--json")) == {"removed": 204}


def test_doctor_is_content_after_init(cli):
    """On a created database all checks hold: exit 0, each with a name, a verdict and a sentence."""
    cli("init")
    found = answer(cli("doctor", "--json"))
    assert found["ok"] is True
    assert {"configuration", "database", "migrations", "tables", "rights", "model files", "encoder", "free space"} <= {
        check["name"] for check in found["checks"]
    }
    assert all(set(check) == {"name", "ok", "detail"} and check["detail"] for check in found["checks"])


def test_doctor_changes_nothing(sqlite_cli, tmp_path):
    """Looking creates neither folder nor database."""
    sqlite_cli("doctor")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "name, value, check",
    [
        ("TRAIN_LIMIT", "lots", "configuration"),
        ("DATABASE_URL", "postgresql://ana:geheim@127.0.0.1:1/x", "database"),
        ("EMB_MODEL", "/no/such/model", "encoder"),
    ],
)
def test_doctor_names_what_is_wrong(sqlite_cli, monkeypatch, name, value, check):
    """A failing check makes exit code 1 and not an error; no password is shown."""
    sqlite_cli("init")
    monkeypatch.setenv(name, value)
    code, lines, err = sqlite_cli("doctor", "--json")
    assert (code, err) == (1, "")
    found = json.loads(lines[-1])
    assert found["ok"] is False
    assert check in {c["name"] for c in found["checks"] if not c["ok"]}
    assert "geheim" not in "\n".join(lines)


def test_doctor_finds_numbers_that_are_no_ratings(legacy_database, cli):
    """A number outside 1 to 5 in the old table is counted."""
    legacy_database.run("UPDATE rlhf_interactions SET rating = 9 WHERE interaction_id = 1")
    cli("init")
    code, lines, _ = cli("doctor", "--json")
    checks = {c["name"]: c for c in json.loads(lines[-1])["checks"]}
    assert code == 1
    assert "1 rows hold a number outside 1 to 5" in checks["ratings of the existing application"]["detail"]


def test_doctor_names_a_single_old_model_file(sqlite_cli, tmp_path, monkeypatch):
    """A joblib file of the old scripts at REWARD_MODEL_PATH is named and never loaded, and versions go beside it."""
    file = tmp_path / "reward_model.joblib"
    file.write_bytes(b"not even a pickle")
    monkeypatch.setenv("REWARD_MODEL_PATH", str(file))
    sqlite_cli("init")
    code, lines, _ = sqlite_cli("doctor", "--json")
    (check,) = [c for c in json.loads(lines[-1])["checks"] if c["name"] == "old model file"]
    assert code == 0
    assert str(file) in check["detail"]
    settings = Settings.from_env(os.environ)
    assert settings.model_dir == tmp_path / "reward_model-versions"
    assert status(open_workspace(), COMMAND_LINE).old_model_file == file


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["nonsense"], "--help"),
        ([], "--help"),
        (["import"], "file"),
        (["import", "/no/such/file.csv"], "/no/such/file.csv"),
        (["import", __file__], ".csv"),
        (["export", "secrets", "--out", "x.csv"], "secrets"),
        (["export", "gold", "--out", "/tmp/x.docx"], "docx"),
        (["export", "gold"], "--out"),
        (["status", "--colour"], "--colour"),
        (["models", "promote"], "which version"),
        (["models", "promote", "v0"], "v0"),
    ],
)
def test_bad_input_is_exit_code_2(sqlite_cli, arguments, words):
    """What cannot be read or understood is one sentence and exit code 2."""
    assert words in sentence(sqlite_cli(*arguments), 2)


def test_a_bad_variable_is_exit_code_2(sqlite_cli, monkeypatch):
    """A bad configuration value is one sentence that names the variable."""
    monkeypatch.setenv("MIN_SAMPLES_TO_TRAIN", "fifty")
    assert "MIN_SAMPLES_TO_TRAIN is 'fifty'" in sentence(sqlite_cli("status", "--json"), 2)


def test_a_database_that_does_not_answer_is_exit_code_1(sqlite_cli, monkeypatch, tmp_path):
    """An unreachable database is one sentence with the password masked, and no other database is made."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://ana:geheim@127.0.0.1:1/reviews")
    for command in (["status", "--json"], ["init"], ["export", "gold", "--out", tmp_path / "x.csv"]):
        found = sentence(sqlite_cli(*command), 1)
        assert "The database does not answer" in found
        assert "postgresql+psycopg2://ana:***@127.0.0.1:1/reviews" in found
    assert list(tmp_path.rglob("*.db")) == []


def test_rolling_back_nothing_is_exit_code_1(sqlite_cli):
    """Where there is no earlier model in use the sentence says so."""
    assert "no earlier model in use" in sentence(sqlite_cli("models", "rollback"), 1)


def test_models_of_an_empty_database(sqlite_cli):
    """Without models the list is empty and the way to one is named."""
    assert answer(sqlite_cli("models", "--json")) == {"champion": None, "versions": []}
    assert "python -m core train" in sqlite_cli("models")[1][0]


def test_debug_shows_the_trace(sqlite_cli):
    """With --debug the trace comes before the sentence."""
    code, lines, err = sqlite_cli("import", "/no/such/file.csv", "--debug")
    assert (code, lines) == (2, [])
    assert "Traceback" in err
    assert "/no/such/file.csv" in err.splitlines()[-1]


def test_the_unexpected_is_a_sentence_too(sqlite_cli, monkeypatch):
    """An error nobody foresaw is one line and exit code 1."""

    def breaks(*_, **__):
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("core.services.operations.status.status", breaks)
    assert sentence(sqlite_cli("status"), 1).startswith("Something unexpected happened (ZeroDivisionError")


def test_ctrl_c_is_a_sentence(sqlite_cli, csv_file, monkeypatch):
    """Ctrl-C during an import leaves it unfinished and says that what was finished is kept."""
    real, calls = imports.progress, []

    def interrupted(*arguments):
        calls.append(arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(imports, "progress", interrupted)
    assert "kept" in sentence(sqlite_cli("import", csv_file), 1)
    monkeypatch.setattr(imports, "progress", real)
    assert answer(sqlite_cli("import", csv_file, "--json"))["added"] == 2


def real(environ, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "core", *map(str, arguments)],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_real_process_from_import_to_export(environ, csv_file, tmp_path, workspace):
    """``python -m core`` as people type it: JSON last on stdout, nothing on stderr, and what another process stored is
    seen.
    """
    done = real(environ, "import", csv_file, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["added"] == 2
    looked.rate(workspace, rater(workspace, "Cleo"), added(workspace, "q", "a"), 4)
    done = real(environ, "export", "gold", "--out", tmp_path / "gold.csv", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout.splitlines()[-1])["rows"] == 3


def test_a_real_process_that_fails(sqlite_url, tmp_path):
    """Exit codes 2 and 1 and the single line on stderr hold for a real process."""
    environ = environment(sqlite_url, tmp_path / "home")
    for arguments, variables, code in (
        (["import", "/no/such/file.csv"], {}, 2),
        (["status"], {"DATABASE_URL": "postgresql://u:geheim@127.0.0.1:1/x"}, 1),
    ):
        done = real({**environ, **variables}, *arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert done.stderr.count("\n") == 1
        assert "Traceback" not in done.stderr
        assert "geheim" not in done.stderr


def test_the_current_directory_does_not_matter(sqlite_url, tmp_path):
    """Started elsewhere the same database is used and nothing is left in that folder."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environ = environment(sqlite_url, tmp_path / "home") | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "core", "init", "--json"],
        env=environ,
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1])["database"] == sqlite_url
    assert list(elsewhere.iterdir()) == []


def test_quick_commands_load_no_machine_learning():
    """What only reads and writes rows starts without scikit-learn, torch and streamlit."""
    code = (
        "import sys, core.cli.main; print([m for m in ('sklearn', 'torch', 'scipy', 'streamlit') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_users_are_added_given_roles_and_switched_off(cli):
    """By name or address; the list is the JSON of every form, and the last lead stays."""
    added_one = answer(cli("users", "add", "Ana@Example.org", "--name", "Ana", "--role", "lead", "--json"))
    assert added_one["users"] == [
        {"name": "Ana", "email": "ana@example.org", "role": "lead", "disabled": False, "last_sign_in": None}
    ]
    answer(cli("users", "add", "Ben", "--json"))
    answer(cli("users", "role", "ben", "viewer", "--json"))
    found = answer(cli("users", "disable", "Ben", "--json"))["users"]
    assert [(user["name"], user["role"], user["disabled"]) for user in found] == [
        ("Ana", "lead", False),
        ("Ben", "viewer", True),
    ]
    assert "last lead" in sentence(cli("users", "role", "ana@example.org", "sme"), 1)
    assert "There is nobody called 'Zed'" in sentence(cli("users", "enable", "Zed"), 2)
    assert "Say who" in sentence(cli("users", "add"), 2)


def test_an_export_with_identifiers_needs_a_word(sqlite_cli, tmp_path):
    """Refused with both flags named; each of them then does what it says, and a reason alone is a mistake."""
    rows, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    rows.write_text("user_prompt,ai_response,rating\nWhat now?,Call 555-123-4567.,4\nWhat now?,Wait.,2\n")
    answer(sqlite_cli("import", rows, "--json"))
    code, _, err = sqlite_cli("export", "gold", "--out", out)
    assert code == 1
    assert "1 of 2 rated answers" in err
    assert "--leave-out-identifiers, or --include-identifiers --reason WHY" in err
    assert not out.exists()
    assert sqlite_cli("export", "gold", "--out", out, "--include-identifiers")[0] == 2
    assert sqlite_cli("export", "gold", "--out", out, "--reason", "asked for")[0] == 2
    with_them = ("--include-identifiers", "--reason", "asked for")
    assert answer(sqlite_cli("export", "gold", "--out", out, *with_them, "--json"))["rows"] == 2
    without = answer(sqlite_cli("export", "gold", "--out", out, "--leave-out-identifiers", "--json"))
    assert (without["rows"], without["left_out"]) == (1, 1)


def test_the_record_on_the_command_line(cli, environ, tmp_path):
    """The latest acts as JSON, narrowed by the name of today and by day; all of them in a file; bad dates in a
    sentence.
    """
    assert answer(cli("record", "--json")) == {"acts": [], "more": False}
    assert answer(cli("users", "add", "Ana", "--role", "lead", "--json"))["users"]
    assert answer(cli("keys", "create", "portal", "--json"))["id"] == 1
    found = answer(cli("record", "--json", "--limit", 1))
    assert (found["more"], [(act["name"], act["action"], act["subject"]) for act in found["acts"]]) == (
        True,
        [("command line", "created key", "key 1")],
    )
    assert len(answer(cli("record", "--actor", "Command Line", "--since", "2020-01-01", "--json"))["acts"]) == 2
    assert answer(cli("record", "--until", "2020-01-01", "--json"))["acts"] == []
    assert answer(cli("record", "--out", tmp_path / "r.csv", "--json"))["rows"] == 2
    assert "no date" in sentence(cli("record", "--since", "yesterday"), 2)
    assert "nothing that is in the audit log" in sentence(cli("record", "--actor", "Eve"), 2)


def test_training_says_whether_it_learned_from_orders(sqlite_cli, tmp_path, monkeypatch):
    """Where somebody ordered answers one sentence says what came of it; where nobody did there is none."""
    monkeypatch.setattr(training, "reference_embedder", reference_embedder)
    rows = [("user_prompt", "ai_response", "rating")]
    rows += [(e.prompt, e.response, f"{e.rating:.0f}") for e in rated_answers(51, 1)]
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    sqlite_cli("import", tmp_path / "rows.csv")
    _, before, _ = sqlite_cli("train")
    workspace = open_workspace()
    preferences.keep(workspace, rater(workspace), "A question?", ["one", "two"], [0], model_version=None)
    _, after, _ = sqlite_cli("train")
    assert not [line for line in before if "comparison" in line]
    (said,) = [line for line in after if "comparison" in line]
    took = answer(sqlite_cli("train", "--json"))
    assert took["processor_seconds"] > 0
    assert 0 < took["seconds"] < 600
    if Path("/proc/self/status").exists():
        assert 10_000_000 < took["peak_memory"] < 100_000_000_000  # bytes
    assert said.startswith("The 1 comparison that raters made on 1 question did not clearly help to rank answers")


def test_a_user_of_an_application_is_forgotten_by_their_id(sqlite_cli, tmp_path):
    """Shown first, like an answer; of this machine where no application is named."""
    assert sqlite_cli("init")[0] == 0
    for application in ("clinic", "this machine"):
        sent.thumb(open_workspace(), None, up=False, user="u-17", application=application)
    shown = answer(sqlite_cli("forget", "--user", "u-17", "--application", "clinic", "--json"))
    assert (shown["done"], shown["goes"]) == (False, {"feedback of this user": 1})
    code, lines, err = sqlite_cli("forget", "--user", "u-17", "--application", "clinic", "--yes")
    assert (code, "u-17" in " ".join([*lines, err])) == (0, False)
    assert sqlite_cli("forget", "--user", "u-17", "--application", "clinic", "--yes")[0] == 2
    assert sqlite_cli("export", "feedback", "--out", tmp_path / "left.csv")[1] == [
        f"1 rows written to {tmp_path / 'left.csv'}."
    ]
    assert answer(sqlite_cli("forget", "--user", "u-17", "--yes", "--json"))["subject"] == "a user of this machine"
    for wrong in ((), ("interaction",), ("interaction", 1, "--user", "u"), ("--user", "u", "--pseudonymise")):
        assert sqlite_cli("forget", *wrong)[0] == 2


def test_forgetting_shows_first_and_acts_on_a_yes(sqlite_cli, tmp_path):
    """Without --yes nothing changes; with it the answer, or the name, is gone, and a second time there is nothing."""
    rows = tmp_path / "rows.csv"
    rows.write_text("user_prompt,ai_response,rating,rater\nWhat now?,Wait.,4,Ana\nWhat now?,Go.,2,Ana\n")
    answer(sqlite_cli("import", rows, "--json"))
    shown = answer(sqlite_cli("forget", "interaction", 1, "--json"))
    assert (shown["done"], shown["goes"]["the answer itself"]) == (False, 1)
    done = answer(sqlite_cli("forget", "interaction", 1, "--yes", "--json"))
    assert (done["done"], done["goes"], done["remains"]) == (True, shown["goes"], shown["remains"])
    assert sqlite_cli("forget", "interaction", 1, "--yes")[0] == 2
    assert answer(sqlite_cli("status", "--json"))["interactions"] == 1
    assert answer(sqlite_cli("forget", "rater", "ana", "--pseudonymise", "--yes", "--json"))["done"]
    assert sqlite_cli("forget", "rater", "Ana", "--yes")[0] == 2
    assert answer(sqlite_cli("status", "--json"))["rated"] == 1
    assert sqlite_cli("forget", "interaction", "one")[0] == 2
    assert sqlite_cli("forget", "interaction", 2, "--pseudonymise")[0] == 2
