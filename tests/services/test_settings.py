"""Configuration: what each variable does, which wins, and what a bad value says."""

import contextlib
import os
from pathlib import Path

import pytest
from sqlalchemy import make_url

from core.cli.main import main
from core.domain.errors import BadSetting
from core.domain.settings import ROOT, AuthMode, Settings


@pytest.fixture
def root(tmp_path):
    """A checkout: a folder with a Home.py."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "Home.py").touch()
    return folder


def test_nothing_needs_to_be_set(root):
    """With no variable at all there is an SQLite file under data/ beside Home.py, and the documented numbers."""
    settings = Settings.from_env({}, root)
    assert settings == Settings(
        home=root / "data",
        database_url=f"sqlite:///{root / 'data' / 'assay.db'}",
        emb_model="all-MiniLM-L6-v2",
        model_dir=root / "data" / "models",
        min_samples_to_train=50,
        positive_rating_threshold=4,
        train_limit=0,
    )


def test_the_default_is_never_the_current_directory(root, tmp_path, monkeypatch):
    """Where the program is started from has no influence, neither in a checkout nor when installed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert Settings.from_env({}, root).home == root / "data"
    installed = tmp_path / "site-packages"
    installed.mkdir()
    assert Settings.from_env({}, installed).home == tmp_path / "me" / ".assay"
    assert list(elsewhere.iterdir()) == []


def test_the_folder_of_home_py_is_the_root():
    """``.env`` and ``data/`` are looked for beside Home.py, not beside the module."""
    assert (ROOT / "core" / "domain" / "settings.py").is_file()
    assert Path(__file__).parents[2] == ROOT


def test_every_variable_is_read(root, tmp_path):
    """Each documented variable changes its setting."""
    settings = Settings.from_env(
        {
            "ASSAY_HOME": str(tmp_path / "h"),
            "DATABASE_URL": "sqlite:////x/y.db",
            "EMB_MODEL": "/models/other",
            "REWARD_MODEL_PATH": str(tmp_path / "m"),
            "MIN_SAMPLES_TO_TRAIN": "30",
            "POSITIVE_RATING_THRESHOLD": " 3 ",
            "TRAIN_LIMIT": "1000",
            "AUTH_MODE": "oidc",
            "ASSAY_FIRST_LEAD": "Ana@Example.org",
            "ASSAY_SESSION_IDLE_MINUTES": "30",
            "ASSAY_SESSION_HOURS": "8",
            "ASSAY_HOSTS": "Assay.lab, x:81",
        },
        root,
    )
    assert settings == Settings(
        home=tmp_path / "h",
        database_url="sqlite:////x/y.db",
        emb_model="/models/other",
        model_dir=tmp_path / "m",
        min_samples_to_train=30,
        positive_rating_threshold=3,
        train_limit=1000,
        auth_mode=AuthMode.OIDC,
        first_lead="ana@example.org",
        session_idle_minutes=30,
        session_hours=8,
        hosts=frozenset({"assay.lab", "x:81"}),
    )


def test_a_passphrase_is_refused_with_what_to_use_instead(root):
    """It protected nothing that sign-in does not: a start that ignored it would leave somebody believing otherwise."""
    with pytest.raises(
        BadSetting, match=r"ASSAY_PASSPHRASE is no longer .* leave it out .* use sign-in .*docs/sign-in.md"
    ):
        Settings.from_env({"ASSAY_PASSPHRASE": "open sesame"}, root)
    (root / ".env").write_text("ASSAY_PASSPHRASE=open sesame\n")
    with pytest.raises(BadSetting, match="ASSAY_PASSPHRASE") as refused:
        Settings.from_env({}, root)
    assert "sesame" not in str(refused.value)


def test_the_models_follow_the_home(root, tmp_path):
    """Without REWARD_MODEL_PATH the models lie under ASSAY_HOME, and so does the SQLite file; ~ is the user's home."""
    settings = Settings.from_env({"ASSAY_HOME": str(tmp_path / "h")}, root)
    assert settings.model_dir == tmp_path / "h" / "models"
    assert settings.database_url == f"sqlite:///{tmp_path / 'h' / 'assay.db'}"
    assert Settings.from_env({"ASSAY_HOME": "~/x"}, root).home == Path("~/x").expanduser()


PARTS = {"DB_HOST": "db", "DB_PORT": "6543", "DB_NAME": "reviews", "DB_USER": "ana", "DB_PASSWORD": "pw"}


@pytest.mark.parametrize(
    "given, expected",
    [
        ({"DATABASE_URL": "postgresql://a/1", "DB_URI": "postgresql://b/2", **PARTS}, "postgresql+psycopg2://a/1"),
        ({"DB_URI": "postgres://b/2", **PARTS}, "postgresql+psycopg2://b/2"),
        ({"DATABASE_URL": "", "DB_URI": " ", **PARTS}, "postgresql+psycopg2://ana:pw@db:6543/reviews"),
        ({"DB_HOST": "db", "DB_NAME": "n", "DB_USER": "u"}, "postgresql+psycopg2://u@db:5432/n"),
        ({"DATABASE_URL": "postgresql+psycopg2://a/1"}, "postgresql+psycopg2://a/1"),
        ({"DATABASE_URL": "sqlite+pysqlite:////x.db"}, "sqlite:////x.db"),
    ],
)
def test_which_database_variable_wins(root, given, expected):
    """DATABASE_URL before DB_URI before DB_*; an empty variable counts as not set; the driver is psycopg2."""
    assert Settings.from_env(given, root).database_url == expected


@pytest.mark.parametrize("name", ["DB_NAME", "DB_USER", "DB_PASSWORD", "DB_PORT"])
def test_without_db_host_the_other_parts_mean_nothing(root, name):
    """DB_* without DB_HOST leaves SQLite in use."""
    assert Settings.from_env({name: PARTS[name]}, root).database_url.startswith("sqlite:///")


@pytest.mark.parametrize("password", ["p@ss:w/rd?#%", "sp ace", "ünïcödé", "100%25", "a+b&c=d", "[x]"])
def test_any_password_arrives_as_it_is(root, password):
    """Characters that mean something in an address reach the driver unchanged."""
    url = make_url(Settings.from_env({**PARTS, "DB_PASSWORD": password}, root).database_url)
    assert url.password == password
    assert (url.host, url.port, url.database, url.username) == ("db", 6543, "reviews", "ana")


def test_a_host_may_be_a_socket_or_an_ipv6_address(root):
    """DB_HOST can be a folder with a Unix socket, and an IPv6 address without brackets."""
    socket = make_url(Settings.from_env({**PARTS, "DB_HOST": "/var/run/postgresql"}, root).database_url)
    assert (socket.host, socket.query["host"], socket.query["port"]) == (None, "/var/run/postgresql", "6543")
    six = make_url(Settings.from_env({**PARTS, "DB_HOST": "::1"}, root).database_url)
    assert (six.host, six.port) == ("::1", 6543)


@pytest.mark.parametrize(
    "given, named",
    [
        ({"MIN_SAMPLES_TO_TRAIN": "many"}, "MIN_SAMPLES_TO_TRAIN is 'many'"),
        ({"MIN_SAMPLES_TO_TRAIN": "0"}, "MIN_SAMPLES_TO_TRAIN"),
        ({"MIN_SAMPLES_TO_TRAIN": "50.5"}, "MIN_SAMPLES_TO_TRAIN"),
        ({"POSITIVE_RATING_THRESHOLD": "6"}, "POSITIVE_RATING_THRESHOLD is '6'; it must be a whole number from 2 to 5"),
        ({"POSITIVE_RATING_THRESHOLD": "1"}, "POSITIVE_RATING_THRESHOLD"),
        ({"TRAIN_LIMIT": "-1"}, "TRAIN_LIMIT"),
        ({"AUTH_MODE": "ldap"}, "AUTH_MODE is 'ldap'; it must be local"),
        ({"ASSAY_SESSION_HOURS": "0"}, "ASSAY_SESSION_HOURS"),
        ({"DATABASE_URL": "mysql://u:geheim@h/d"}, "DATABASE_URL must start with postgresql://"),
        ({"DB_URI": "just words"}, "DB_URI must start with"),
        ({**PARTS, "DB_PORT": "port"}, "DB_PORT is 'port'"),
        ({**PARTS, "DB_PORT": "70000"}, "DB_PORT"),
        ({"DB_HOST": "db", "DB_USER": "u"}, "DB_NAME is needed"),
        ({"DB_HOST": "db", "DB_NAME": "n"}, "DB_USER is needed"),
    ],
)
def test_a_bad_value_names_its_variable(root, given, named):
    """An unusable value stops with one sentence that names the variable and shows no password."""
    with pytest.raises(BadSetting) as caught:
        Settings.from_env(given, root)
    assert named in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_env_file_beside_home_py(root, tmp_path, monkeypatch):
    """``.env`` beside Home.py fills what the environment leaves open; one in the current directory is not read."""
    (root / ".env").write_text('TRAIN_LIMIT=7\nMIN_SAMPLES_TO_TRAIN="60"\n# a remark\nPOSITIVE_RATING_THRESHOLD=\n')
    (tmp_path / ".env").write_text("TRAIN_LIMIT=9\n")
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_env({"MIN_SAMPLES_TO_TRAIN": "70"}, root)
    assert (settings.train_limit, settings.min_samples_to_train, settings.positive_rating_threshold) == (7, 70, 4)


def test_reading_the_configuration_changes_nothing(root):
    """Neither the environment of the process nor the disk is written."""
    (root / ".env").write_text("TRAIN_LIMIT=7\n")
    before, files = dict(os.environ), sorted(root.rglob("*"))
    Settings.from_env({}, root)
    assert dict(os.environ) == before
    assert sorted(root.rglob("*")) == files


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:s3cret@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=ana&password=s3cret",
        "postgresql://ana:x@s3cret@127.0.0.1:1/db",  # an @ that should be %40
        "postgresql://ana:s3cret/x@127.0.0.1/db",
        "postgresql://ana:s3cret@[::1/db",
        "postgresql://ana:s3cret@127.0.0.1:port/db",
        "ana:s3cret@127.0.0.1/db",
        "postgresql:/ana:s3cret@127.0.0.1/db",
        "mysql://ana:s3cret@127.0.0.1/db",
    ],
)
def test_a_password_is_never_shown(monkeypatch, tmp_path, capsys, url):
    """Whatever is wrong with the address: not by a command, not by doctor, not where the settings are logged."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", url)
    for command in (["status"], ["doctor", "--json"], ["--debug", "status"]):
        assert main(command) != 0
    shown = capsys.readouterr()
    assert shown.out + shown.err
    assert "s3cret" not in shown.out + shown.err
    with contextlib.suppress(BadSetting):
        assert "s3cret" not in repr(Settings.from_env({"DATABASE_URL": url, "ASSAY_HOME": str(tmp_path)}))
