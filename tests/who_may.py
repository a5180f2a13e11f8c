"""Which act each public function of the services needs; which roles may do an act stands in docs/roles.csv.

What is written here is what is meant. Tests hold it against the code (tests/test_roles.py) and against what happens when
somebody calls (tests/services/test_services_by_role.py).
"""

import dataclasses
import enum
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import core.services
from core.domain.roles import Act

NEEDS = {
    "accounts.admit": Act.PEOPLE,
    "accounts.find": Act.PEOPLE,
    "accounts.invite": Act.PEOPLE,
    "accounts.knocking": Act.PEOPLE,
    "accounts.listed": Act.PEOPLE,
    "accounts.look_alikes": Act.PEOPLE,
    "accounts.set_address": Act.PEOPLE,
    "accounts.set_disabled": Act.PEOPLE,
    "accounts.set_role": Act.PEOPLE,
    "agreement.agreement": Act.READ_DATA,
    "backup.save": Act.READ_DATA,
    "cases.delete": Act.RERANK,
    "cases.listed": Act.RERANK,
    "cases.save": Act.RERANK,
    "comparing.compare": Act.LOOK,
    "data.add": Act.CHANGE_DATA,
    "data.browse": Act.READ_DATA,
    "data.delete": Act.CHANGE_DATA,
    "data.edit": Act.CHANGE_DATA,
    "data.history": Act.READ_DATA,
    "data.load": Act.READ_DATA,
    "data.put_back": Act.JUDGE,
    "data.sources": Act.LOOK,
    "disagreements.close_gap": Act.JUDGE,
    "disagreements.decide": Act.JUDGE,
    "disagreements.listed": Act.JUDGE,
    "disagreements.mark_gap": Act.JUDGE,
    "disagreements.open_gaps": Act.JUDGE,
    "evaluating.evaluate_file": Act.LOOK,
    "explaining.explain": Act.RERANK,
    "exporting.export": Act.READ_DATA,
    "export_check.listed": Act.READ_DATA,
    "forgetting.compact": Act.CHANGE_DATA,
    "forgetting.interaction": Act.CHANGE_DATA,
    "forgetting.preview_interaction": Act.CHANGE_DATA,
    "forgetting.preview_rater": Act.PEOPLE,
    "forgetting.rater": Act.PEOPLE,
    "guidelines.current": Act.RATE,
    "guidelines.save": Act.JUDGE,
    "guidelines.versions": Act.RATE,
    "hiding.reveal": Act.REVEAL,
    "hiding.reveal_case": Act.READ_DATA,
    "hiding.reveal_guidelines": Act.REVEAL,
    "importing.import_file": Act.CHANGE_DATA,
    "importing.load_sample": Act.CHANGE_DATA,
    "importing.recorded": Act.READ_DATA,
    "importing.remove_import": Act.CHANGE_DATA,
    "importing.remove_sample": Act.CHANGE_DATA,
    "keys.confirm": Act.KEYS,
    "keys.create": Act.KEYS,
    "keys.listed": Act.KEYS,
    "keys.revoke": Act.KEYS,
    "models.archive": Act.MODELS,
    "models.as_zip": Act.MODELS,
    "models.before_champion": Act.LOOK,
    "models.listed": Act.LOOK,
    "models.old_trainings": Act.LOOK,
    "models.promote": Act.MODELS,
    "models.promotions": Act.LOOK,
    "models.rollback": Act.MODELS,
    "models.trouble": Act.LOOK,
    "own_ratings.as_csv": Act.RATE,
    "own_ratings.listed": Act.RATE,
    "own_ratings.withdraw": Act.RATE,
    "pair_yield.pair_yield": Act.LOOK,
    "preferences.keep": Act.RATE,
    "preferences.mine": Act.RATE,
    "preferences.total": Act.LOOK,
    "preferences.withdraw": Act.RATE,
    "progress.bought": Act.LOOK,
    "progress.change_settings": Act.TRAIN,
    "progress.due": Act.TRAIN,
    "progress.get_settings": Act.TRAIN,
    "queue.change_settings": Act.JUDGE,
    "queue.choose": Act.RATE,
    "queue.get_settings": Act.JUDGE,
    "queue.left": Act.RATE,
    "queue.mine": Act.RATE,
    "rating.discard": Act.RATE,
    "rating.item": Act.RATE,
    "rating.keep_draft": Act.RATE,
    "rating.next_item": Act.RATE,
    "rating.rate": Act.RATE,
    "rating.rated_today": Act.RATE,
    "rating.rated_today_by_all": Act.LOOK,
    "rating.recent": Act.RATE,
    "rating.renew": Act.RATE,
    "rating.same_prompt": Act.RATE,
    "rating.skip": Act.RATE,
    "rating.undo_last": Act.RATE,
    "readiness.readiness": Act.LOOK,
    "record.acts": Act.AUDIT,
    "record.as_file": Act.AUDIT,
    "record.choices": Act.AUDIT,
    "record.count": Act.AUDIT,
    "record.export": Act.AUDIT,
    "reranking.rank": Act.RERANK,
    "reranking.rerank_file": Act.RERANK,
    "second_looks.change_settings": Act.JUDGE,
    "second_looks.choose": Act.RATE,
    "second_looks.get_settings": Act.JUDGE,
    "second_looks.look": Act.RATE,
    "second_looks.next_look": Act.RATE,
    "status.status": Act.LOOK,
    "training.cancel": Act.TRAIN,
    "training.start": Act.TRAIN,
    "training.train": Act.TRAIN,
    "training.train_to_end": Act.TRAIN,
    "usage.lately": Act.LOOK,
    "watching.active_run": Act.LOOK,
    "watching.history": Act.LOOK,
    "watching.run_view": Act.LOOK,
    "watching.last_words": Act.TRAIN,
}

ASKS_NOBODY = {
    "who somebody is, before there is a role": [
        "people.is_disabled", "people.names", "people.rate_as", "people.stop_rating", "people.user_of",
        "signing_in.enter", "signing_in.sign_out", "signing_in.unlock", "signing_in.unlocked",
        "visitors.accepted", "visitors.cookie_for", "visitors.issue", "workspace.Workspace.require",
    ],
    "whom to ask, for everybody who meets a closed door": ["accounts.lead_names"],
    "the door of the HTTP API: what lets a program in": [
        "keys.KeyRing.check", "keys.KeyRing.would_open", "keys.KeyRing.write_uses", "keys.valid",
    ],
    "what the server counts of itself; no texts": ["usage.UsageLog.note", "usage.UsageLog.write", "usage.log_of"],
    "whoever can run it owns the machine's files; there may be no database, and so no roles, yet": [
        "backup.restore", "doctor.examine", "leftovers.found", "leftovers.in_words", "leftovers.remove",
        "manifest.copy_listed", "manifest.read", "runtime.Runtime.workspace", "setup.initialise",
        "workspace.open_workspace",
    ],
    "the Python API: whoever can import it can read the database": [
        "reranking.model_info", "reranking.reranker_from_environment",
    ],
    "what this process ranks with: parts for rank, explain, compare and train, which ask": [
        "reranking.encoder", "reranking.ranker_for", "reranking.reranker", "reranking.serving_embedder",
        "reranking.serving_encoder",
    ],
    "a step of a training, which asked": [
        "judging.judge", "judging.measure_all", "judging.still", "judging.survey", "registering.keep",
        "registering.result", "suggesting.suggest", "suggesting.suggest_or_say",
    ],
    "what no person decides: a process that died, the old application's writes, where a file is": [
        "lineage.code_version", "models.version_path", "runtime.Runtime.close", "runtime.Runtime.keep", "watching.log_file", "watching.reap", "workspace.Workspace.mark_due",
        "workspace.Workspace.pick_up",
        "workspace.is_dead", "workspace.this_process",
    ],
    "computes from what it is given and reads nothing": [
        "agreement.to_json", "evaluating.read_rated", "readiness.thresholds", "usage.drift", "usage.percentile",
        "usage.tenths", *(
            f"readiness_checks.{name}" for name in (
                "better_than_chance", "better_than_length", "both_classes", "both_ends", "comparable_answers",
                "contradicting_repeats", "enough_prompts", "enough_ratings", "raters_use_the_scale",
                "readable_length", "second_opinions", "several_raters", "several_sessions",
            )
        ),
    ],
    "the way out of every function here": [
        "leaving.inside", "leaving.leaves", "leaving.masked", "leaving.masked_sentence", "leaving.originals", "leaving.refuse_gaps",
    ],
    "a part of functions that asked: what exports and pages hide, what readiness knows of trainings": [
        "export_check.checked_reason", "export_check.identifiers_of", "export_check.look", "export_check.record",
        "hiding.eyes", "hiding.own_words", "hiding.seen_by", "outlook.latest_training",
    ],
}  # fmt: skip
"""The functions that no role opens or shuts, under the reason why."""


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the services, and every public method of what is more than a plain record."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(core.services.__path__):
        loaded = importlib.import_module(f"core.services.{module.name}")
        for name, thing in vars(loaded).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != loaded.__name__:
                continue
            if not inspect.isclass(thing) and callable(thing):
                found[f"{module.name}.{name}"] = thing
            elif inspect.isclass(thing) and not _is_record(thing):
                methods = {n: m for n, m in vars(thing).items() if inspect.isfunction(m) and not n.startswith("_")}
                found |= {f"{module.name}.{name}.{method}": function for method, function in methods.items()}
    return found


def _is_record(thing: type) -> bool:
    """Whether a class only holds what a service has handed out."""
    frozen = dataclasses.is_dataclass(thing) and thing.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return frozen or issubclass(thing, enum.Enum | Exception)
