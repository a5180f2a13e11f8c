"""Which act each public function of the services needs; which roles may do an act stands in docs/roles.csv.

What is written here is what is meant. Tests hold it against the code (tests/test_roles.py) and against what happens
when somebody calls (tests/services/test_services_by_role.py).
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
    "people.accounts.admit": Act.PEOPLE,
    "people.accounts.find": Act.PEOPLE,
    "people.accounts.invite": Act.PEOPLE,
    "people.accounts.pending_identities": Act.PEOPLE,
    "people.accounts.listed": Act.PEOPLE,
    "people.accounts.look_alikes": Act.PEOPLE,
    "people.accounts.set_address": Act.PEOPLE,
    "people.accounts.set_disabled": Act.PEOPLE,
    "people.accounts.set_role": Act.PEOPLE,
    "review.agreement.measure": Act.READ_DATA,
    "review.agreement.over_time": Act.READ_DATA,
    "operations.backup.save": Act.READ_DATA,
    "reranking.cases.delete": Act.RERANK,
    "reranking.cases.listed": Act.RERANK,
    "reranking.cases.save": Act.RERANK,
    "models.compare.compare": Act.LOOK,
    "data.checking.check": Act.CHANGE_DATA,
    "data.conversations.convert": Act.CHANGE_DATA,
    "data.conversations.likely": Act.CHANGE_DATA,
    "data.conversations.offer": Act.CHANGE_DATA,
    "data.interactions.add": Act.CHANGE_DATA,
    "data.interactions.browse": Act.READ_DATA,
    "data.interactions.delete": Act.CHANGE_DATA,
    "data.interactions.edit": Act.CHANGE_DATA,
    "data.interactions.filter_choices": Act.READ_DATA,
    "data.interactions.history": Act.READ_DATA,
    "data.interactions.load": Act.READ_DATA,
    "data.interactions.put_back": Act.JUDGE,
    "data.interactions.sources": Act.LOOK,
    "review.disagreements.close_gap": Act.JUDGE,
    "review.disagreements.decide": Act.JUDGE,
    "review.disagreements.listed": Act.JUDGE,
    "review.disagreements.mark_gap": Act.JUDGE,
    "review.disagreements.open_gaps": Act.JUDGE,
    "models.evaluate.evaluate_file": Act.LOOK,
    "reranking.explain.explain": Act.RERANK,
    "data.exporting.export": Act.READ_DATA,
    "data.exporting.listed": Act.READ_DATA,
    "data.erasure.compact": Act.CHANGE_DATA,
    "data.erasure.interaction": Act.CHANGE_DATA,
    "data.erasure.preview_interaction": Act.CHANGE_DATA,
    "data.erasure.preview_rater": Act.PEOPLE,
    "data.erasure.rater": Act.PEOPLE,
    "review.guidelines.current": Act.RATE,
    "review.guidelines.save": Act.JUDGE,
    "review.guidelines.versions": Act.RATE,
    "review.reasons.counted": Act.LOOK,
    "data.redaction.reveal": Act.REVEAL,
    "data.redaction.reveal_case": Act.READ_DATA,
    "data.redaction.reveal_guidelines": Act.REVEAL,
    "data.selected.ask_for_rating": Act.JUDGE,
    "data.selected.delete": Act.CHANGE_DATA,
    "data.selected.discard": Act.JUDGE,
    "data.importing.import_file": Act.CHANGE_DATA,
    "data.importing.import_checked": Act.CHANGE_DATA,
    "data.importing.load_sample": Act.CHANGE_DATA,
    "data.importing.recorded": Act.READ_DATA,
    "data.importing.remove_import": Act.CHANGE_DATA,
    "data.importing.remove_sample": Act.CHANGE_DATA,
    "data.uploads.cancel": Act.CHANGE_DATA,
    "data.uploads.carry_out": Act.CHANGE_DATA,
    "data.uploads.drop": Act.CHANGE_DATA,
    "data.uploads.first_look": Act.CHANGE_DATA,
    "data.uploads.listed": Act.READ_DATA,
    "data.uploads.resume": Act.CHANGE_DATA,
    "data.uploads.start_check": Act.CHANGE_DATA,
    "data.uploads.start_import": Act.CHANGE_DATA,
    "data.uploads.take": Act.CHANGE_DATA,
    "people.api_keys.confirm": Act.KEYS,
    "people.api_keys.create": Act.KEYS,
    "people.api_keys.listed": Act.KEYS,
    "people.api_keys.revoke": Act.KEYS,
    "models.models.archive": Act.MODELS,
    "models.models.as_zip": Act.MODELS,
    "models.models.before_champion": Act.LOOK,
    "models.models.listed": Act.LOOK,
    "models.models.old_trainings": Act.LOOK,
    "models.models.promote": Act.MODELS,
    "models.models.promotions": Act.LOOK,
    "models.models.rollback": Act.MODELS,
    "models.models.sample_in_use": Act.LOOK,
    "models.models.trouble": Act.LOOK,
    "review.own_ratings.as_csv": Act.RATE,
    "review.own_ratings.listed": Act.RATE,
    "review.own_ratings.withdraw": Act.RATE,
    "review.progress.by_person_and_day": Act.JUDGE,
    "review.progress.change_target": Act.JUDGE,
    "review.progress.get_target": Act.JUDGE,
    "training.readiness.pair_yield": Act.LOOK,
    "reranking.preferences.keep": Act.RATE,
    "reranking.preferences.count_own": Act.RATE,
    "reranking.preferences.withdraw": Act.RATE,
    "training.retraining.rating_impact": Act.LOOK,
    "training.retraining.change_settings": Act.TRAIN,
    "training.retraining.due": Act.TRAIN,
    "training.retraining.get_settings": Act.TRAIN,
    "rating.better_answers.write": Act.RATE,
    "rating.queue.change_settings": Act.JUDGE,
    "rating.queue.choose": Act.RATE,
    "rating.queue.disliked": Act.RATE,
    "rating.queue.get_settings": Act.JUDGE,
    "rating.queue.left": Act.RATE,
    "rating.queue.preference": Act.RATE,
    "rating.rating.discard": Act.RATE,
    "rating.rating.item": Act.RATE,
    "rating.rating.keep_draft": Act.RATE,
    "rating.rating.next_items": Act.RATE,
    "rating.rating.give_back": Act.RATE,
    "rating.rating.reveal": Act.REVEAL,
    "rating.rating.rate": Act.RATE,
    "rating.rating.rated_today": Act.RATE,
    "rating.rating.rated_today_by_all": Act.LOOK,
    "rating.rating.recent": Act.RATE,
    "rating.rating.renew": Act.RATE,
    "rating.rating.same_prompt": Act.RATE,
    "rating.rating.skip": Act.RATE,
    "rating.rating.undo_last": Act.RATE,
    "rating.second_opinions.ask": Act.JUDGE,
    "rating.second_opinions.can_open": Act.RATE,
    "rating.second_opinions.choices": Act.JUDGE,
    "rating.second_opinions.open_queue": Act.RATE,
    "rating.second_opinions.waiting": Act.RATE,
    "training.readiness.readiness": Act.LOOK,
    "people.audit_log.acts": Act.AUDIT,
    "people.audit_log.as_file": Act.AUDIT,
    "people.audit_log.choices": Act.AUDIT,
    "people.audit_log.count": Act.AUDIT,
    "people.audit_log.export": Act.AUDIT,
    "reranking.reranking.rank": Act.RERANK,
    "reranking.reranking.rerank_file": Act.RERANK,
    "review.second_looks.change_settings": Act.JUDGE,
    "review.second_looks.choose": Act.RATE,
    "review.second_looks.get_settings": Act.JUDGE,
    "review.second_looks.look": Act.RATE,
    "review.second_looks.next_look": Act.RATE,
    "review.to_check.keep": Act.RATE,
    "review.to_check.listed": Act.RATE,
    "review.to_check.listed_for_lead": Act.JUDGE,
    "operations.status.status": Act.LOOK,
    "training.training.cancel": Act.TRAIN,
    "training.training.start": Act.TRAIN,
    "training.training.train": Act.TRAIN,
    "training.training.train_to_end": Act.TRAIN,
    "outcomes.demo.make_feedback": Act.CHANGE_DATA,
    "outcomes.results.comments": Act.READ_DATA,
    "outcomes.results.measure": Act.LOOK,
    "reranking.usage.lately": Act.LOOK,
    "training.runs.active_run": Act.LOOK,
    "training.runs.history": Act.LOOK,
    "training.runs.run_view": Act.LOOK,
    "training.runs.last_words": Act.TRAIN,
}

ASKS_NOBODY = {
    "who somebody is, before there is a role": [
        "people.local_names.is_disabled",
        "people.local_names.names",
        "people.local_names.rate_as",
        "people.local_names.stop_rating",
        "people.local_names.user_of",
        "people.sign_in.enter",
        "people.sign_in.sign_out",
        "people.visitors.accepted",
        "people.visitors.cookie_for",
        "people.visitors.issue",
        "workspace.Workspace.require",
    ],
    "whom to ask, for everybody who meets a closed door": ["people.accounts.lead_names"],
    "the door of the HTTP API: what lets a program in": [
        "people.api_keys.KeyRing.check",
        "people.api_keys.KeyRing.would_open",
        "people.api_keys.KeyRing.write_uses",
        "people.api_keys.valid",
    ],
    "what the server counts of itself; no texts": [
        "reranking.usage.UsageLog.note",
        "reranking.usage.UsageLog.write",
        "reranking.usage.log_of",
    ],
    "whoever can run it owns the machine's files; there may be no database, and so no roles, yet": [
        "operations.backup.restore",
        "operations.doctor.examine",
        "operations.leftovers.found",
        "operations.leftovers.in_words",
        "operations.leftovers.remove",
        "operations.manifest.copy_listed",
        "operations.manifest.read",
        "runtime.Runtime.workspace",
        "workspace.initialise",
        "workspace.open_workspace",
    ],
    "the Python API: whoever can import it can read the database": [
        "reranking.reranking.model_info",
        "reranking.reranking.reranker_from_environment",
    ],
    "what this process ranks with: parts for rank, explain, compare and train, which ask": [
        "reranking.reranking.encoder",
        "reranking.reranking.ranker_for",
        "reranking.reranking.reference_embedder",
        "reranking.reranking.reranker",
        "reranking.reranking.serving_embedder",
        "reranking.reranking.serving_encoder",
    ],
    "a step of a training, which asked": [
        "training.promotion.compare_with_champion",
        "training.promotion.measure_all",
        "training.promotion.recheck_decision",
        "training.dataset.load_training_set",
        "training.registry.save_and_register",
        "training.registry.result",
        "rating.active_learning.suggest",
        "rating.active_learning.suggest_or_say",
    ],
    "what no person decides: a process that died, the old application's writes, where a file is": [
        "models.models.version_path",
        "runtime.Runtime.close",
        "runtime.Runtime.keep",
        "data.uploads.log_file",
        "training.runs.log_file",
        "training.runs.reap",
        "workspace.Workspace.mark_due",
        "workspace.Workspace.pick_up",
        "workspace.is_dead",
        "workspace.this_process",
    ],
    "computes from what it is given and reads nothing": [
        "data.importing.refuse",
        "review.agreement.to_json",
        "models.evaluate.read_rated",
        "training.readiness.thresholds",
        "reranking.usage.percentile",
        *(
            f"training.readiness_checks.{name}"
            for name in (
                "better_than_chance",
                "better_than_length",
                "both_classes",
                "both_ends",
                "comparable_answers",
                "contradicting_repeats",
                "enough_prompts",
                "enough_ratings",
                "raters_use_the_scale",
                "readable_length",
                "second_opinions",
                "several_raters",
                "several_sessions",
            )
        ),
    ],
    "the way out of every function here": [
        "masking.inside",
        "masking.masks_output",
        "masking.masked",
        "masking.masked_sentence",
        "masking.originals",
        "masking.refuse_gaps",
        "masking.without_gaps",
    ],
    "a part of functions that asked: what exports and pages hide, what readiness knows of trainings": [
        "data.redaction.redactor_for",
        "data.redaction.own_words",
        "data.redaction.seen_by",
        "training.forecast.latest_training",
    ],
}
"""The functions that no role opens or shuts, under the reason why."""


def public_functions() -> dict[str, Callable[..., Any]]:
    """Every public function of the services, and every public method of what is more than a plain record."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(core.services.__path__, "core.services."):
        loaded = importlib.import_module(module.name)
        subject = module.name.removeprefix("core.services.")
        for name, thing in vars(loaded).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != loaded.__name__:
                continue
            if not inspect.isclass(thing) and callable(thing):
                found[f"{subject}.{name}"] = thing
            elif inspect.isclass(thing) and not _is_record(thing):
                methods = {n: m for n, m in vars(thing).items() if inspect.isfunction(m) and not n.startswith("_")}
                found |= {f"{subject}.{name}.{method}": function for method, function in methods.items()}
    return found


def _is_record(thing: type) -> bool:
    """Whether a class only holds what a service has handed out."""
    frozen = dataclasses.is_dataclass(thing) and thing.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return frozen or issubclass(thing, enum.Enum | Exception)
