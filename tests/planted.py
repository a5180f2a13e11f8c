"""A database that holds a personal identifier of its own in every column that can hold text from outside.

``COLUMNS`` names every text column there is: with None where one is planted, else with the reason why it holds no text
from outside. A new column without an entry fails tests/services/test_nothing_leaves_unmasked.py.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import JSON, String, select, update

from core.domain.roles import Role, User
from core.domain.turns import Speaker, Turn, turns_group, turns_to_json
from core.services.data.checking import Checked
from core.services.workspace import Workspace
from core.store import tables as t
from core.store.interactions import interactions
from core.store.interactions.consensus import text_version
from core.store.outcomes.hashes import hash_of_user, key_for_writing
from tests.databases import rater

OURS = "a word of ours, one of a few"
DIGEST = "a hash or a random token"
PERSON = "the name or address of a person here: they see each other by name"
VERSION = "the name of a model, made by us"
ACTOR = "who acted, by number or name"

COLUMNS: dict[str, str | None] = {
    "assay_api_keys.name": None,
    "assay_api_keys.start": DIGEST,
    "assay_api_keys.key_hash": DIGEST,
    "assay_api_keys.scopes": OURS,
    "assay_api_keys.created_by": PERSON,
    "assay_answers_given.kind": OURS,
    "assay_audit_sampled.prompt_group": DIGEST,
    "assay_audit_samples.requested_by": PERSON,
    "assay_answers_given.name": None,
    "assay_audit.actor": ACTOR,
    "assay_audit.action": OURS,
    "assay_audit.subject": None,
    "assay_audit.old": None,
    "assay_audit.new": None,
    "assay_comparisons.prompt": None,
    "assay_comparisons.first": None,
    "assay_comparisons.second": None,
    "assay_comparisons.turns": None,
    "assay_comparisons.prompt_group": DIGEST,
    "assay_comparisons.pair_hash": DIGEST,
    "assay_comparisons.served_for": OURS,
    "assay_comparison_servings.showing": DIGEST,
    "assay_comparison_servings.version": DIGEST,
    "assay_comparison_servings.verdict": OURS,
    "assay_comparison_servings.pair_hash": DIGEST,
    "assay_comparison_servings.replaced": "numbers, words of ours and the name of a model",
    "assay_comparison_events.action": OURS,
    "assay_comparison_events.request_id": DIGEST,
    "assay_comparison_events.verdict": OURS,
    "assay_comparison_events.before": OURS,
    "assay_cases.name": None,
    "assay_cases.prompt": None,
    "assay_cases.texts": None,
    "assay_desks.order": OURS,
    "assay_desks.filters": None,
    "assay_better_answers.request_id": DIGEST,
    "assay_drafts.comment": None,
    "assay_drafts.reasons": None,
    "assay_embeddings.fingerprint": DIGEST,
    "assay_embeddings.text_hash": DIGEST,
    "assay_exports.by": ACTOR,
    "assay_exports.kind": OURS,
    "assay_exports.place": None,
    "assay_exports.identifiers": OURS,
    "assay_exports.reason": None,
    "assay_feedback.application": None,
    "assay_feedback.caller_id": None,
    "assay_feedback.target": "a number of ours or the id of a ranking",
    "assay_feedback.rerank_id": DIGEST,
    "assay_feedback.kind": OURS,
    "assay_feedback.comment": None,
    "assay_feedback.user_hash": DIGEST,
    "assay_feedback.question": DIGEST,
    "assay_feedback.model_version": VERSION,
    "assay_feedback.generator": None,
    "assay_guideline_gaps.note": None,
    "assay_guideline_gaps.by": PERSON,
    "assay_guidelines.markdown": None,
    "assay_guidelines.reasons": None,
    "assay_guidelines.by": PERSON,
    "assay_held_out.prompt_group": DIGEST,
    "assay_identities.issuer": "the address of the identity provider; no service hands it out",
    "assay_identities.subject": "what the identity provider calls an account; no service hands it out",
    "assay_identities.name": PERSON,
    "assay_identities.email": PERSON,
    "assay_imports.file_name": None,
    "assay_imports.file_hash": DIGEST,
    "assay_imports.state": OURS,
    "assay_imports.rejected": None,
    "assay_imports.left_out": None,
    "assay_imports.how": None,
    "assay_imports.process": "host and number of one of our processes",
    "assay_uploads.file_name": None,
    "assay_uploads.folder": DIGEST,
    "assay_uploads.file_hash": DIGEST,
    "assay_uploads.requested_by": PERSON,
    "assay_uploads.state": OURS,
    "assay_uploads.how": "names of columns, which are chosen by whoever sees them",
    "assay_uploads.report": None,
    "assay_uploads.place": DIGEST,
    "assay_uploads.process": "host and number of one of our processes",
    "assay_uploads.message": None,
    "assay_jobs.kind": OURS,
    "assay_jobs.state": OURS,
    "assay_jobs.options": None,
    "assay_jobs.requested_by": PERSON,
    "assay_jobs.place": DIGEST,
    "assay_jobs.process": "host and number of one of our processes",
    "assay_jobs.message": None,
    "assay_jobs.result": "figures, the name of a folder, and a sentence of ours about kinds and numbers",
    "assay_items.identity": DIGEST,
    "assay_items.prompt_group": DIGEST,
    "assay_items.context_id": None,
    "assay_items.session_label": None,
    "assay_items.source": OURS,
    "assay_items.extra": None,
    "assay_items.turns": None,
    "assay_items.turns_group": DIGEST,
    "assay_items.mirrored_comment": "a copy of rlhf_interactions.feedback_comment, which is planted",
    "assay_items.identifiers": "kinds and numbers",
    "assay_judge_choices.judge": None,
    "assay_judge_choices.outcome": OURS,
    "assay_judge_choices.people": OURS,
    "assay_judge_scores.judge": None,
    "assay_leases.request_id": DIGEST,
    "assay_showings.showing": DIGEST,
    "assay_showings.version": DIGEST,
    "assay_leases.chosen": OURS,
    "assay_occurrences.application": None,
    "assay_occurrences.caller_id": None,
    "assay_occurrences.identity": DIGEST,
    "assay_occurrences.generator": None,
    "assay_model_versions.model_version": VERSION,
    "assay_model_versions.recipe": OURS,
    "assay_model_versions.sha256": DIGEST,
    "assay_model_versions.metrics": "figures",
    "assay_model_versions.legacy_row": "figures",
    "assay_model_versions.lineage": None,
    "assay_model_versions.held_out": "figures",
    "assay_model_versions.judgement": "figures",
    "assay_model_versions.guarantee": "figures",
    "assay_model_versions.archived_by": PERSON,
    "assay_preferences.prompt": None,
    "assay_preferences.prompt_group": DIGEST,
    "assay_preferences.chosen": None,
    "assay_preferences.rejected": None,
    "assay_preferences.context_id": None,
    "assay_preferences.turns": None,
    "assay_preferences.turns_group": DIGEST,
    "assay_preferences.pair_hash": DIGEST,
    "assay_preferences.model_version": VERSION,
    "assay_preferences.outcome": OURS,
    "assay_preferences.served_for": OURS,
    "assay_promotions.action": OURS,
    "assay_promotions.by": ACTOR,
    "assay_promotions.model_version": VERSION,
    "assay_promotions.previous": VERSION,
    "assay_promotions.reason": None,
    "assay_raters.name": PERSON,
    "assay_raters.name_key": PERSON,
    "assay_raters.kind": OURS,
    "assay_raters.role": OURS,
    "assay_raters.email": PERSON,
    "assay_rating_events.action": OURS,
    "assay_rating_events.request_id": DIGEST,
    "assay_rating_events.old": None,
    "assay_rating_events.new": None,
    "assay_rating_events.chosen": OURS,
    "assay_ratings.status": OURS,
    "assay_ratings.comment": None,
    "assay_ratings.reason": None,
    "assay_ratings.reasons": None,
    "assay_rerankings.source": OURS,
    "assay_rerankings.model_version": VERSION,
    "assay_rerankings.rerank_id": DIGEST,
    "assay_rerankings.application": "the name of a key; no service hands it out of here",
    "assay_rerankings.question": DIGEST,
    "assay_rerankings.scores": "figures",
    "assay_run_events.kind": OURS,
    "assay_run_events.payload": None,
    "assay_runs.state": OURS,
    "assay_runs.recipe": OURS,
    "assay_runs.requested_by": PERSON,
    "assay_runs.process": "host and number of one of our processes",
    "assay_runs.model_version": VERSION,
    "assay_runs.message": None,
    "assay_runs.result": None,
    "assay_workers.process": "host and number of one of our processes",
    "assay_workers.place": DIGEST,
    "assay_workers.takes": OURS,
    "assay_workers.builds": DIGEST,
    "assay_changes.part": DIGEST,
    "assay_part_counts.part": DIGEST,
    "assay_part_counts.counts": "sessions and reasons that answers have, which leave in figures as those do",
    "assay_kept_counts.passed": "numbers",
    "assay_kept_counts.counts": "sessions and reasons that answers have, which leave in figures as those do",
    "assay_settings.name": OURS,
    "assay_settings.value": "numbers that a lead set, and the number of who set them",
    "assay_sign_ins.key": DIGEST,
    "assay_suggestions.chosen": OURS,
    "assay_text_history.action": OURS,
    "assay_text_history.by": PERSON,
    "assay_text_history.user_prompt": None,
    "assay_text_history.ai_response": None,
    "assay_text_history.context_id": None,
    "assay_text_history.turns": None,
    "assay_visitors.token_hash": DIGEST,
    "assay_finetunings.state": OURS,
    "assay_finetunings.method": OURS,
    "assay_finetunings.requested_by": PERSON,
    "assay_finetunings.process": "host and number of one of our processes",
    "assay_finetunings.place": DIGEST,
    "assay_finetunings.fingerprint": DIGEST,
    "assay_finetunings.folder": "where on this server files lie",
    "assay_finetunings.base": "where on this server files lie",
    "assay_finetunings.settings": "numbers and words that a lead chose",
    "assay_finetunings.message": "figures and sentences made of them",
    "assay_finetunings.result": "figures, and where on this server files lie",
    "assay_finetunings.evaluation": "figures and sentences made of them",
    "assay_finetunings.verdict": "figures and sentences made of them",
    "assay_finetuning_events.kind": OURS,
    "assay_finetuning_events.payload": "figures",
    "assay_worth_scores.model_version": VERSION,
    "rlhf_interactions.user_prompt": None,
    "rlhf_interactions.ai_response": None,
    "rlhf_interactions.feedback_comment": None,
    "rlhf_reward_model_training.model_version": None,
    "rlhf_sessions.model_version": None,
    "rlhf_sessions.status": None,
    "rlhf_sessions.notes": None,
}
OWN = {"assay_ratings.comment", "assay_drafts.comment", "assay_cases.name", "assay_cases.prompt", "assay_cases.texts"}
"""What whoever wrote it sees as they wrote it."""
NAME = "Roswitha Quandt"
"""A name that is introduced in prompts, and that stands in answers and comments too."""


def text_columns() -> set[str]:
    """Every column that can hold text, by the tables as they are."""
    tables = t.Base.metadata.sorted_tables
    return {f"{table.name}.{c.name}" for table in tables for c in table.columns if isinstance(c.type, String | JSON)}


class Planted:
    """The identifiers, each with the column it is in and who wrote it."""

    def __init__(self) -> None:
        self.where: dict[str, tuple[str, str]] = {}
        self.numbers: list[int] = []
        self.user: tuple[str, ...] = ()
        """The application, and the id, of a user who said something."""

    def __call__(self, column: str, who: str = "") -> str:
        """A text for this column, with an identifier that stands nowhere else."""
        assert COLUMNS[column] is None, column
        found = next((secret for secret, where in self.where.items() if where == (column, who)), None)
        if found is None:
            number = 200 + len(self.where)
            found = f"555-{number}-4567" if number % 2 else f"jane.roe{number}@patients.example.org"
            self.where[found] = (column, who)
        return f"patient {found}"

    def in_it(self, shown: str, who: str) -> list[str]:
        """The columns whose identifiers are in what this person is shown, though they must not be."""
        plain = shown.replace("\\", "").replace("\u2060", "")
        found = [
            column
            for secret, (column, author) in self.where.items()
            if secret in plain and not (author == who and column in OWN)
        ]
        return sorted({*found, *(["a name"] if "Roswitha" in plain or "Quandt" in plain else [])})


def everybody(workspace: Workspace) -> dict[str, User]:
    """One person for each role, by role."""
    found = {}
    for role, name in ((Role.LEAD, "Lea"), (Role.SME, "Sam"), (Role.VIEWER, "Vic")):
        person = rater(workspace, name)
        with workspace.store.write() as session:
            session.execute(update(t.Rater).where(t.Rater.rater_id == person.rater_id).values(role=role))
        found[str(role)] = User(person.rater_id, name, role)
    return found


def _report(reason: str) -> dict[str, Any]:
    """What a check found: one row that is refused."""
    report: dict[str, Any] = {one.name: 0 for one in fields(Checked)}
    lists = ("sheets", "left_out", "rejected", "values", "scale_table", "likely", "metadata", "judges")
    return (
        report
        | {name: [] for name in lists}
        | {"mapping": {}, "kind": "csv", "must_ask": False, "rows": 1, "rejected_total": 1}
        | {"rejected": [{"number": 1, "reason": reason, "place": 2}]}
        | dict.fromkeys(("sheet", "shape", "shape_title", "becomes", "scale", "scale_title", "question", "option"), "")
    )


def plant(workspace: Workspace, people: dict[str, User]) -> Planted:
    """Fill the database; whatever is there already stays."""
    text = Planted()
    sam, lea = people["sme"], people["lead"]
    with workspace.store.write() as session:
        sample = session.scalar(select(t.Item.interaction_id).limit(1)) is not None
        for state in ("stopped", "finished"):
            session.add(
                t.Import(
                    file_name=text("assay_imports.file_name"),
                    file_hash="0" * 64,
                    state=state,
                    rows_done=3,
                    rejected=[{"row": 1, "reason": text("assay_imports.rejected")}],
                    rejected_total=1,
                    left_out=[{"row": 2, "reason": text("assay_imports.left_out")}],
                    left_out_total=1,
                    how={"mapping": {"user_prompt": text("assay_imports.how")}},
                    process="gone:1",
                )
            )
        session.add(
            t.Upload(
                file_name=text("assay_uploads.file_name"),
                folder="0" * 32,
                size=1,
                file_hash="0" * 64,
                requested_by="Lea",
                state="checked",
                message=text("assay_uploads.message"),
                report=_report(text("assay_uploads.report")),
            )
        )
        session.add(
            t.Job(
                kind="export",
                state="failed",
                options={"kind": "gold", "ending": "csv", "reason": text("assay_jobs.options")},
                requested_by="Lea",
                message=text("assay_jobs.message"),
            )
        )
        old = t.LegacySession(
            session_id=7,
            model_version=text("rlhf_sessions.model_version"),
            status=text("rlhf_sessions.status")[:50],
            notes=text("rlhf_sessions.notes"),
        )
        session.add(old)
        session.add(t.LegacyTraining(model_version=text("rlhf_reward_model_training.model_version"), accuracy=80.0))
        session.flush()
        numbers = [_interaction(session, text, number) for number in range(30)]
        text.numbers = numbers
        for number in numbers[:25]:
            _rated(session, number, sam, 2, text("assay_ratings.comment", "Sam"), text("assay_ratings.reasons"))
        other = t.Rater(name="Pat", name_key="pat", kind="person", role="sme")
        session.add(other)
        session.flush()
        _rated(session, numbers[0], other, 5, f"{text('assay_ratings.comment', 'Pat')}. Roswitha was right.")
        _said(session, numbers[25], sam, "discarded", text("assay_ratings.reason"))
        _said(session, numbers[26], sam, "skipped", text("assay_ratings.reason"))
        for number in (numbers[0], numbers[25]):
            sides = {
                side: {"status": "discarded", "reason": text(f"assay_rating_events.{side}")} for side in ("old", "new")
            }
            session.add(t.RatingEvent(interaction_id=number, rater_id=sam.rater_id, action="discarded", **sides))
        session.add(
            t.Draft(
                rater_id=sam.rater_id,
                interaction_id=numbers[27],
                comment=text("assay_drafts.comment", "Sam"),
                bias_flag=False,
                reasons=[text("assay_drafts.reasons")],
            )
        )
        session.add(
            t.GuidelineGap(interaction_id=numbers[0], note=f"{text('assay_guideline_gaps.note')}, Roswitha", by="Lea")
        )
        for version in (1, 2):
            words = {"markdown": text("assay_guidelines.markdown"), "reasons": [text("assay_guidelines.reasons")]}
            session.add(t.Guideline(version=version, by="Lea", **words))
        session.add(
            t.TextHistory(
                interaction_id=numbers[0],
                action="edited",
                by="Lea",
                **{name: text(f"assay_text_history.{name}") for name in ("user_prompt", "ai_response", "context_id")},
                turns=[{"role": "user", "text": text("assay_text_history.turns")}],
            )
        )
        for person in people.values():
            session.add(
                t.Case(
                    rater_id=person.rater_id,
                    name=text("assay_cases.name", person.name),
                    prompt=text("assay_cases.prompt", person.name),
                    texts=[text("assay_cases.texts", person.name)],
                )
            )
        session.add(
            t.QueuePreference(
                rater_id=sam.rater_id,
                order="oldest",
                filters={
                    "session_label": text("assay_desks.filters"),
                    "source": "",
                    "flagged": False,
                    "least_words": None,
                    "most_words": None,
                },
            )
        )
        session.add(
            t.Preference(
                rater_id=sam.rater_id,
                prompt_group="1" * 64,
                pair_hash="2" * 64,
                **{name: text(f"assay_preferences.{name}") for name in ("prompt", "chosen", "rejected", "context_id")},
                turns=[{"role": "user", "text": text("assay_preferences.turns")}],
                turns_group="5" * 64,
            )
        )
        told = {name: text(f"assay_comparisons.{name}") for name in ("prompt", "first", "second")}
        session.add(
            t.Comparison(
                turns=[{"role": "user", "text": text("assay_comparisons.turns")}],
                prompt_group="7" * 64,
                pair_hash="8" * 64,
                served_for="a language model",
                raters=3,
                random_key=0,
                **told,
            )
        )
        both = {"first_id": numbers[0], "second_id": numbers[1], "prompt_group": "", "pair_hash": "9" * 64}
        session.add(t.Comparison(served_for="asked by a lead", raters=3, random_key=1, **both))
        session.add(t.ApiKey(name=text("assay_api_keys.name"), start="assay_1", key_hash="3" * 64, created_by="Lea"))
        _sent(session, text, numbers[0])
        scoring, choosing = text("assay_judge_scores.judge"), text("assay_judge_choices.judge")
        session.add(t.JudgeScore(interaction_id=numbers[0], judge=scoring, score=0.5))
        pair = {"first_id": numbers[0], "second_id": numbers[1]}
        session.add(t.JudgeChoice(judge=choosing, outcome="first", people="tie", **pair))
        for held in ("none", "included"):
            reason = text("assay_exports.reason") if held == "included" else None
            session.add(
                t.Export(
                    by=lea.key,
                    kind="gold",
                    place=text("assay_exports.place"),
                    answers=3,
                    identifiers=held,
                    reason=reason,
                )
            )
        session.add(
            t.Audit(
                actor=lea.key,
                action="removed import",
                subject=text("assay_audit.subject"),
                old={"note": text("assay_audit.old")},
                new={"note": text("assay_audit.new")},
            )
        )
        _trained(session, text, trained_before=sample)
    missing = {column for column, reason in COLUMNS.items() if reason is None} - {c for c, _ in text.where.values()}
    assert not missing, missing
    return text


def _interaction(session: Any, text: Planted, number: int) -> int:
    """One answer of two sessions: what is rated is all of one, what waits of another."""
    label = text("assay_items.session_label", "rated" if number < 25 else "waiting")
    prompt = f"My name is {NAME}. {text('rlhf_interactions.user_prompt')} asks question {number // 2}"
    answer = f"Dear Ms {NAME.split()[1]}, {text('rlhf_interactions.ai_response')}, answer {number}"
    made = interactions.add(session, prompt, answer, text("assay_items.context_id"), label)
    item, row = session.get(t.Item, made), session.get(t.LegacyInteraction, made)
    item.extra = {"note": text("assay_items.extra")}
    said = Turn(Speaker.USER, f"{text('assay_items.turns')}, said {NAME}")
    item.turns, item.turns_group = turns_to_json([said]), turns_group([said])
    item.identity = text_version(item, row)
    row.feedback_comment, row.session_id = text("rlhf_interactions.feedback_comment"), 7
    item.mirrored_comment = row.feedback_comment  # they are the same, or it is a write of the old application
    return int(made)


def _sent(session: Any, text: Planted, number: int) -> None:
    """What a program sent of one answer, and what its users said of it."""
    given = {name: text(f"assay_occurrences.{name}") for name in ("application", "caller_id", "generator")}
    session.add(t.Occurrence(interaction_id=number, identity="6" * 64, **given))
    application, generator = text("assay_feedback.application"), text("assay_feedback.generator")
    text.user = application, "u-1"
    session.add(
        t.Feedback(
            application=application,
            caller_id=text("assay_feedback.caller_id"),
            target=f"interaction {number}",
            interaction_id=number,
            kind="thumb",
            value=0,
            comment=f"{text('assay_feedback.comment')}. Roswitha was wrong.",
            user_hash=hash_of_user(key_for_writing(session), *text.user),
            generator=generator,
        )
    )
    week = date(2026, 11, 23)
    session.add(t.AnswersGiven(week=week, kind="generator", name=text("assay_answers_given.name"), answers=25))


def _rated(session: Any, number: int, who: User, rating: int, comment: str, *reasons: str) -> None:
    said = {"comment": comment, "reasons": list(reasons) or None}
    session.add(t.Rating(interaction_id=number, rater_id=who.rater_id, status="submitted", rating=rating, **said))
    item, row = session.get(t.Item, number), session.get(t.LegacyInteraction, number)
    item.n_ratings, item.consensus, item.places = item.n_ratings + 1, float(rating), 0
    item.mirrored_rating = row.rating = rating


def _said(session: Any, number: int, who: User, status: str, reason: str) -> None:
    session.add(t.Rating(interaction_id=number, rater_id=who.rater_id, status=status, reason=reason))
    if status == "discarded":
        session.get(t.Item, number).places = 0


def _trained(session: Any, text: Planted, *, trained_before: bool) -> None:
    """Put something into what trainings keep; where there was one, it is taken for one on these answers."""
    if trained_before:
        session.execute(update(t.Run).values(sample=False))
        session.execute(update(t.ModelVersion).values(sample=False))
        for event in session.scalars(select(t.RunEvent)):
            event.payload = _planted(event.payload, text("assay_run_events.payload"))
        for run in session.scalars(select(t.Run)):
            run.result = _planted(run.result, text("assay_runs.result"))
    failed = t.Run(
        state="failed",
        recipe="pair",
        seed=0,
        requested_by="Lea",
        message=text("assay_runs.message"),
        result={"reason": text("assay_runs.result")},
    )
    session.add(failed)
    session.flush()
    session.add(t.RunEvent(run_id=failed.run_id, number=1, kind="Refused", payload=_refused(text)))
    name = "sbert-logreg-v20200101-000000"
    session.add(
        t.ModelVersion(
            model_version=name,
            run_id=failed.run_id,
            recipe="pair",
            sha256="4" * 64,
            n=10,
            prompts=5,
            metrics={},
            lineage={"code": text("assay_model_versions.lineage")},
        )
    )
    session.add(t.Promotion(action="promote", by="Lea", model_version=name, reason=text("assay_promotions.reason")))


def _refused(text: Planted) -> dict[str, Any]:
    return {"event": "refused", "reason": text("assay_run_events.payload")}


def _planted(part: Any, words: str) -> Any:
    """The same with these words behind every name, sentence and reason in it."""
    if isinstance(part, dict):
        changed = {key: _planted(value, words) for key, value in part.items()}
        said = {key: f"{value} {words}" for key, value in changed.items() if key in _SAID and isinstance(value, str)}
        return changed | said
    return [_planted(one, words) for one in part] if isinstance(part, list) else part


_SAID = {"name", "sentence", "reason"}


def joined(parts: Iterable[object]) -> str:
    """All of them, one after the other."""
    return "\n".join(map(str, parts))
