"""Whether everything that is needed is there: each check is a name, a verdict and a sentence."""

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.domain.errors import AssayError
from core.domain.identifiers.deidentifier import SECONDS_PER_BATCH, VARIABLE, load
from core.domain.identifiers.masking import RULES_VERSION
from core.domain.settings import ROOT, Settings
from core.reward import artifact
from core.reward.encoding.weights import locate
from core.reward.transformer.base import locate_base
from core.services.masking import masks_output
from core.services.models import verdicts
from core.services.operations import leftovers
from core.services.reranking.reranking import encoder
from core.services.running.workers import living, view
from core.serving.encoders import described, described_tuned
from core.store import compacting, rights, schema
from core.store.database import Store, connect
from core.store.interactions import identifiers, legacy
from core.store.people import accounts, api_keys
from core.store.schema import State
from core.store.scratch import PREFIX
from core.store.training import versions

FREE_BYTES = 500_000_000
SECRETS = (
    ROOT / ".env",
    ROOT / ".streamlit" / "secrets.toml",
    Path("~/.streamlit/secrets.toml").expanduser(),
)
"""Where passwords of the database and of sign-in may stand."""

Finding = tuple[str, bool, str]


@masks_output(as_is="about this machine's files and settings; no stored text")
def examine() -> dict[str, Any]:
    """Run every check without changing anything; what ``doctor --json`` prints."""
    checks: list[Finding] = []
    settings: Settings | None = None
    try:
        settings = Settings.from_env(os.environ)
        checks.append(("configuration", True, f"run-time files in {settings.home}"))
    except AssayError as error:
        checks.append(("configuration", False, error.in_full))
    if settings is not None:
        for check in (
            _database,
            _personal_identifiers,
            _model_files,
            _owner_only,
            _encoder,
            _space,
            _temporary_files,
            _workers,
        ):
            checks.extend(_guarded(check, settings))
    return {
        "ok": all(ok for _, ok, _ in checks),
        "checks": [{"name": name, "ok": ok, "detail": detail} for name, ok, detail in checks],
    }


def _guarded(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except AssayError as error:
        yield check.__name__.strip("_").replace("_", " "), False, error.in_full


def _database(settings: Settings) -> Iterator[Finding]:
    store = connect(settings)
    if store.is_sqlite and not Path(str(store.engine.url.database)).is_file():
        yield "database", True, f"{store.label} will be created at the first start"
        return
    where, revision = schema.state(store)
    yield "database", True, f"{store.label} answers"
    sentences = {
        State.CURRENT: f"revision {revision}, as this release needs it",
        State.EMPTY: "no tables of Assay yet; run: python -m core init",
        State.BEHIND: f"revision {revision} is older than this release; make a backup, then run: python -m core init",
        State.AHEAD: f"revision {revision} is newer than this release; start the newer release",
    }
    yield "migrations", where is State.CURRENT, sentences[where]
    if where is not State.CURRENT:
        return
    missing = [name for name, there in schema.tables(store).items() if not there]
    yield "tables", not missing, "all there" if not missing else f"missing: {', '.join(missing)}"
    grants = rights.missing(store)
    yield (
        "rights",
        not grants,
        "all there" if not grants else "ask the owner of the database to run: " + " ".join(grants),
    )
    yield from _old_rows(store)
    yield from _to_be_looked_at(store)
    if not compacting.is_tidy(store):
        yield (
            "forgotten texts",
            False,
            "something that was forgotten is still in the database file, because another program reads an earlier "
            "state. End that program, then run: python -m core compact",
        )


def _old_rows(store: Store) -> Iterator[Finding]:
    with store.read() as session:
        unusable = legacy.unusable_ratings(session)
    detail = (
        "all usable"
        if not unusable
        else f"{unusable} rows hold a number outside 1 to 5, which is no rating and is left out"
    )
    yield "ratings of the existing application", not unusable, detail


def _to_be_looked_at(store: Store) -> Iterator[Finding]:
    """What only a lead can settle; nothing is broken by it."""
    with store.read() as session:
        waiting, groups = len(api_keys.waiting(session)), accounts.look_alikes(session)
    if waiting:
        yield (
            "keys of the API",
            True,
            f"{waiting} wait since a backup was put back and open nothing. Look at them with: python -m core keys; "
            "revoke those that shall not be used, then run: python -m core keys confirm",
        )
    if groups:
        yield (
            "addresses that look alike",
            True,
            f"{'; '.join(', '.join(group) for group in groups)}. They belong to different people; earlier releases "
            "took them for one. See on the page People that each invitation has the right one.",
        )


def _workers(settings: Settings) -> Iterator[Finding]:
    store = connect(settings)
    if not schema.exists(store) or schema.state(store)[0] is not State.CURRENT:
        return
    with store.read() as session:
        found = [view(worker).in_words for worker in living(session)]
    yield (
        "workers",
        True,
        "; ".join(found) or "none runs: the dashboard starts a process for each training and import",
    )


def _temporary_files(settings: Settings) -> Iterator[Finding]:
    yield "temporary files", True, leftovers.in_words(settings) or "none"


def _personal_identifiers(settings: Settings) -> Iterator[Finding]:
    """Whether the site's own function answers, and how much was not looked at yet."""
    number = RULES_VERSION
    if settings.deidentifier:
        reader = load(settings.deidentifier)
        number = reader.number
        answers = reader.read(["Patient Jane Doe was seen on 3 May 2024."], SECONDS_PER_BATCH) is not None
        yield (
            "de-identifier",
            answers,
            f"{reader.name} answers"
            if answers
            else f"{reader.name} gives no answer that can be used: {reader.trouble}. Until it does, every text is "
            f"hidden whole and exports are refused. Mend the function, or unset {VARIABLE} to use the rules.",
        )
    store = connect(settings)
    if schema.exists(store) and schema.state(store)[0] is State.CURRENT:
        with store.read() as session:
            left = identifiers.waiting(session, number)
        yield (
            "personal identifiers",
            True,
            "all answers were looked at"
            if not left
            else f"{left:,} answers were not looked at yet; the dashboard does it by and by, and an export before it "
            "begins",
        )


def _model_files(settings: Settings) -> Iterator[Finding]:
    store = connect(settings)
    if settings.old_model_file is not None:
        yield (
            "old model file",
            True,
            f"{settings.old_model_file} is from the older scripts and never loaded; train instead",
        )
    if not schema.exists(store):
        yield "model files", True, "no model yet"
        return
    if schema.state(store)[0] is not State.CURRENT:  # said above; the tables are not those that are read here
        return
    with store.read() as session:
        known, used = versions.listed(session), verdicts.in_use(session)
        whole = [version for version in known if version.thinned_at is None]
    if used is not None:
        yield "model in use", True, f"{used.name} ({used.model_version}). {used.sentence}"
        (deep,) = (version.hashes.get(artifact.DEEP_FILE) for version in known if version.champion)
        if deep is not None:
            yield "deep part back end", *described_tuned(settings.home, deep, fast=settings.fast_encoder)
    missing = [version for version in whole if not (settings.model_dir / version.model_version).is_dir()]
    if missing:
        in_use = None if used is None else used.model_version
        named = [one.name + (", which is in use" if one.model_version == in_use else "") for one in missing]
        yield (
            "models on this server",
            False,
            f"{'; '.join(named)}: no files in {settings.model_dir} on {socket.gethostname()}. Where several servers "
            "work on this database, REWARD_MODEL_PATH has to be one folder that all of them see. Until it is, this "
            "server ranks with an earlier model, or keeps the order in which answers come. Where this is the only "
            "server, put the files back from a backup, or train again.",
        )
    broken = []
    for version in (one for one in whole if one not in missing):
        try:
            folder = settings.model_dir / version.model_version
            artifact.examine(folder, hashes=version.hashes, prompts=version.prompts)
        except AssayError as error:
            broken.append((version, error.in_full))
    for version, sentence in broken:
        yield f"model {version.model_version}", False, f"{version.name}: {sentence}"
    unknown = _unknown_to(settings.model_dir, {version.model_version for version in known})
    if unknown:
        yield (
            "leftover files",
            True,
            f"{', '.join(unknown)} in {settings.model_dir}: no version knows them. A training that was ended while it "
            "saved left them; nothing uses them. Delete them when no training is running.",
        )
    if not broken and not missing:
        yield "model files", True, f"{len(whole)} versions, all unaltered" if whole else "no model yet"


def _owner_only(settings: Settings) -> Iterator[Finding]:
    """Whether other users of this machine are kept out of the models, which can leak text, and of secrets."""
    if os.name != "posix":
        return
    if settings.model_dir.is_dir():
        open_to_others = _open_to_others(settings.model_dir)
        yield (
            "model folder",
            not open_to_others,
            f"other users of this machine can enter {settings.model_dir}, and models can leak text. "
            f"Run: chmod 700 {settings.model_dir}"
            if open_to_others
            else f"only its owner can enter {settings.model_dir}",
        )
    for path in filter(Path.is_file, SECRETS):
        open_to_others = _open_to_others(path)
        yield (
            f"secrets in {path.name}",
            not open_to_others,
            f"other users of this machine can read {path}, and it can hold passwords. Run: chmod 600 {path}"
            if open_to_others
            else f"only its owner can read {path}",
        )


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _unknown_to(folder: Path, versions: set[str]) -> list[str]:
    """Folders beside those of the versions, half saved ones among them."""
    if not folder.is_dir():
        return []
    return sorted(
        place.name
        for place in folder.iterdir()
        if place.is_dir() and place.name not in versions and not place.name.startswith(PREFIX)
    )


def _encoder(settings: Settings) -> Iterator[Finding]:
    if locate(settings.emb_model).sha256 is None:  # nothing is fetched just to look
        yield (
            "encoder",
            True,
            f"{settings.emb_model} is a hub name that EMB_MODEL sets; it is loaded at the first training",
        )
        return
    fingerprint = encoder(settings.emb_model).fingerprint
    yield "encoder", True, f"{settings.emb_model}, weights {fingerprint[:12]}"
    if settings.transformer_base:
        found = locate_base(settings.transformer_base)
        yield "language model to tune", True, f"{settings.transformer_base}, hash {found.sha256[:12]}"
    yield "encoder back end", *described(settings.emb_model, settings.home, fast=settings.fast_encoder)


def _space(settings: Settings) -> Iterator[Finding]:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.is_dir())
    free = shutil.disk_usage(place).free
    writable = os.access(place, os.W_OK)
    detail = "can be written" if writable else "cannot be written; change its rights or set ASSAY_HOME"
    yield "home folder", writable, f"{settings.home} {detail}"
    yield "free space", free > FREE_BYTES, f"{free / 1e9:.1f} GB free in {place}"
