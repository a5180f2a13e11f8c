"""Configuration: one frozen object, read from the environment and from ``.env`` beside Home.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from dotenv import dotenv_values

from core.domain.errors import BadSetting
from core.domain.identifiers.email_addresses import folded

DEFAULT_EMB_MODEL = "all-MiniLM-L6-v2"
ROOT = Path(__file__).resolve().parents[2]  # the folder of Home.py, or site-packages when installed elsewhere


class AuthMode(StrEnum):
    """How people say who they are."""

    LOCAL = "local"  # a name is chosen; only for this machine
    OIDC = "oidc"  # the organisation's identity provider says it


@dataclass(frozen=True)
class Settings:
    """Everything that can be configured: docs/configuration.md."""

    home: Path
    """Where run-time files live (ASSAY_HOME)."""
    database_url: str = field(repr=False)
    """SQLAlchemy URL of the database in use; it may hold a password."""
    emb_model: str = DEFAULT_EMB_MODEL
    """The default name, a directory with a sentence-transformers model, or a hub name."""
    transformer_base: str = ""
    """The directory of the language model that the recipe ``transformer`` tunes; empty: the packaged one."""
    fast_encoder: bool = True
    """Candidates may be embedded by the fast encoder where it is installed (ASSAY_ENCODER is not ``reference``)."""
    model_dir: Path = Path()
    """A directory with one subdirectory per model version (REWARD_MODEL_PATH)."""
    old_model_file: Path | None = None
    """The single joblib file that the older scripts left at REWARD_MODEL_PATH: never loaded."""
    min_samples_to_train: int = 50
    positive_rating_threshold: int = 4
    train_limit: int = 0
    """0 = train on everything rated, else on the newest N."""
    auth_mode: AuthMode = AuthMode.LOCAL
    """AUTH_MODE: how people say who they are."""
    first_lead: str = ""
    """The e-mail address that becomes lead at its first sign-in while there is no lead yet (ASSAY_FIRST_LEAD)."""
    trust_unverified_email: bool = False
    """An address counts also where the provider does not say that it checked it (ASSAY_TRUST_UNVERIFIED_EMAIL is 1)."""
    hosts: frozenset[str] = frozenset()
    """Further names under which browsers find the dashboard, as ``name`` or ``name:port`` (ASSAY_HOSTS)."""
    session_idle_minutes: int = 120
    """After so long without an act a sign-in ends (ASSAY_SESSION_IDLE_MINUTES)."""
    deidentifier: str = ""
    """The site's own function that finds identifiers, as ``module:function``; empty: the rules (ASSAY_DEIDENTIFIER)."""
    session_hours: int = 12
    """So long a sign-in lasts at most (ASSAY_SESSION_HOURS)."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str], root: Path = ROOT) -> "Settings":
        """Read the environment, then ``.env`` in ``root`` for what the environment leaves open.

        Raises:
            BadSetting: a value is unusable; the sentence names the variable.
        """
        given = {name: value for name, value in dotenv_values(root / ".env").items() if value is not None}
        given = {name: value.strip() for name, value in {**given, **environ}.items() if value.strip()}
        if "ASSAY_PASSPHRASE" in given:
            raise BadSetting(
                "ASSAY_PASSPHRASE is no longer supported: leave it out where only this machine reaches the dashboard, "
                "and use sign-in everywhere else (docs/sign-in.md says how)."
            )
        home = Path(given["ASSAY_HOME"]) if "ASSAY_HOME" in given else _default_home(root)
        home = home.expanduser().resolve()
        model_dir = Path(given.get("REWARD_MODEL_PATH", home / "models")).expanduser().resolve()
        old_model_file = next(iter(sorted(model_dir.glob("*.joblib"))), None)
        if model_dir.is_file():  # it stays where it is; versions go beside it
            old_model_file, model_dir = model_dir, model_dir.with_name(f"{model_dir.stem}-versions")
        return cls(
            home=home,
            database_url=_database_url(given, home),
            emb_model=given.get("EMB_MODEL", DEFAULT_EMB_MODEL),
            transformer_base=given.get("TRANSFORMER_BASE", ""),
            fast_encoder=_fast_encoder(given),
            model_dir=model_dir,
            old_model_file=old_model_file,
            min_samples_to_train=_whole_number(given, "MIN_SAMPLES_TO_TRAIN", 50, 1, 1_000_000),
            positive_rating_threshold=_whole_number(given, "POSITIVE_RATING_THRESHOLD", 4, 2, 5),
            train_limit=_whole_number(given, "TRAIN_LIMIT", 0, 0, 100_000_000),
            auth_mode=_auth_mode(given),
            first_lead=folded(given.get("ASSAY_FIRST_LEAD", "")),
            trust_unverified_email=_trust_unverified_email(given),
            hosts=frozenset(
                filter(None, (name.strip() for name in given.get("ASSAY_HOSTS", "").casefold().split(",")))
            ),
            deidentifier=given.get("ASSAY_DEIDENTIFIER", ""),
            session_idle_minutes=_whole_number(given, "ASSAY_SESSION_IDLE_MINUTES", 120, 1, 100_000),
            session_hours=_whole_number(given, "ASSAY_SESSION_HOURS", 12, 1, 720),
        )


def _default_home(root: Path) -> Path:
    return root / "data" if (root / "Home.py").is_file() else Path.home() / ".assay"


def _auth_mode(given: Mapping[str, str]) -> AuthMode:
    text = given.get("AUTH_MODE", AuthMode.LOCAL)
    if text not in set(AuthMode):
        raise BadSetting(f"AUTH_MODE is {text!r}; it must be local (names are chosen) or oidc (people sign in).")
    return AuthMode(text)


def _trust_unverified_email(given: Mapping[str, str]) -> bool:
    text = given.get("ASSAY_TRUST_UNVERIFIED_EMAIL", "0")
    if text not in {"0", "1"}:
        raise BadSetting(
            f"ASSAY_TRUST_UNVERIFIED_EMAIL is {text!r}; it must be 0 (an address counts only where the provider says "
            "that it checked it) or 1 (also where the provider says nothing of that)."
        )
    return text == "1"


def _fast_encoder(given: Mapping[str, str]) -> bool:
    text = given.get("ASSAY_ENCODER", "auto")
    if text not in {"auto", "reference"}:
        raise BadSetting(
            f"ASSAY_ENCODER is {text!r}; it must be auto (the fast encoder where it is installed) or reference."
        )
    return text == "auto"


def _whole_number(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise BadSetting(f"{name} is {text!r}; it must be a whole number from {low} to {high}.")
    return number


def _database_url(given: Mapping[str, str], home: Path) -> str:
    for name in ("DATABASE_URL", "DB_URI"):
        if name in given:
            return _with_driver(given[name], name)
    if "DB_HOST" in given:
        _whole_number(given, "DB_PORT", 5432, 1, 65535)
        missing = [name for name in ("DB_NAME", "DB_USER") if name not in given]
        if missing:
            raise BadSetting(f"DB_HOST is set, so {missing[0]} is needed too.")
        login = quote(given["DB_USER"], safe="")
        if "DB_PASSWORD" in given:
            login += ":" + quote(given["DB_PASSWORD"], safe="")
        host, port, name = given["DB_HOST"], given.get("DB_PORT", "5432"), quote(given["DB_NAME"], safe="")
        if host.startswith("/"):  # a directory with a Unix socket
            return f"postgresql+psycopg2://{login}@/{name}?host={quote(host, safe='')}&port={port}"
        if ":" in host:  # an IPv6 address
            host = f"[{host}]"
        return f"postgresql+psycopg2://{login}@{host}:{port}/{name}"
    return f"sqlite:///{home / 'assay.db'}"


def _with_driver(url: str, name: str) -> str:
    scheme, separator, rest = url.partition("://")
    drivers = {
        "postgres": "postgresql+psycopg2",
        "postgresql": "postgresql+psycopg2",
        "postgresql+psycopg2": "postgresql+psycopg2",
        "sqlite": "sqlite",
        "sqlite+pysqlite": "sqlite",
    }
    if not separator:  # nothing of it is repeated: without a scheme anything in it may be the password
        raise BadSetting(f"{name} must start with postgresql:// or sqlite:///.")
    if scheme not in drivers:
        # more than a scheme may be a user and a password
        known = f"; it starts with {scheme[:30]!r}" if scheme.replace("+", "").isalnum() else ""
        raise BadSetting(f"{name} must start with postgresql:// or sqlite:///{known}.")
    if rest.partition("?")[0].count("@") > 1:  # the password would be taken for a part of the host, and shown
        raise BadSetting(f"{name} has more than one @. In the user name and the password write @ as %40, / as %2F.")
    return f"{drivers[scheme]}://{rest}"
