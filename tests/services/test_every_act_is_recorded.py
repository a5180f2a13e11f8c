"""Every service function that changes something leaves its acts in the record: complete by construction.

Which functions change something is read from their source: whatever opens a writing transaction, or calls what does.
Each is here with an act and what the record must say of it, or with the reason why it says nothing.
"""

import ast
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

import core.services
from core.domain.errors import AssayError
from core.domain.held_out import is_held_out
from core.domain.progress import RatingTarget
from core.domain.queue import QueueSettings
from core.domain.retraining import RetrainSettings, Schedule
from core.domain.roles import COMMAND_LINE, Role, User
from core.domain.running.work import Work
from core.domain.second_looks import RepeatSettings
from core.domain.texts import prompt_group
from core.finetuning.settings import Wanted as HowToTune
from core.labeling.how_to_read import HowToRead
from core.services.comparisons import blind, comparing, opening
from core.services.comparisons.blind import BlindPair
from core.services.comparisons.opening import PairsToOpen
from core.services.data import (
    conversations,
    erasure,
    exporting,
    importing,
    interactions,
    prepared,
    redaction,
    selected,
    uploads,
)
from core.services.finetuning import exporting as exporting_pairs
from core.services.finetuning import running
from core.services.models import guarantee, models, thinning
from core.services.operations import backup
from core.services.outcomes import demo
from core.services.people import accounts, api_keys, audit_log, local_names, sign_in
from core.services.people.audit_log import Wanted
from core.services.rating import queue, rating, second_opinions
from core.services.rating.second_opinions import AskFor
from core.services.reranking import cases, preferences, reranking
from core.services.review import disagreements, guidelines, progress, second_looks
from core.services.running import jobs, schedule
from core.services.running.carrying import Cancelled
from core.services.running.workers import place_of
from core.services.scoring import embedding
from core.services.training import retraining, training
from core.services.workspace import Workspace, open_workspace, this_process
from core.services.worth import samples
from core.store.finetuning import runs as tunings
from core.store.interactions import uploads as stored_uploads
from core.store.people.api_keys import suspend
from core.store.running import jobs as stored_jobs
from core.store.running import workers as stored_workers
from core.store.tables import Audit, HeldOutPrompt, Identity, Upload
from core.store.training import runs
from tests import looked, sent
from tests.databases import added, rater
from tests.finetuning.tiny import asked_for, made_export, needs_packages, tiny_model
from tests.reward.fakes import FakeEncoder, embedder
from tests.services.test_accounts import claims
from tests.services.test_finetune_export import rated
from tests.services.versions_made import made
from tests.systems import stored

SERVICES = Path(core.services.__file__).parent
Act = Iterator[None]
"""Prepares up to its yield, acts after it."""

NOT_IN_THE_RECORD = {
    "finetuning.evaluating.evaluate": "the verdict of a run of this database (test_finetune_people)",
    "data.exporting.announce": "writes the record of an export, as a part of making one",
    "training.dataset.load_training_set": "part of a training, which is recorded",
    "comparisons.comparing.compare": "comparisons have a history of their own",
    "comparisons.comparing.undo_last": "comparisons have a history of their own",
    "comparisons.comparing.next_pairs": "keeps pairs for a rater for a while",
    "comparisons.comparing.pair": "keeps which texts a rater was shown",
    "comparisons.comparing.give_back": "lets others have what was kept for a rater",
    "comparisons.comparing.renew": "keeps a pair for a rater for a while",
    "people.api_keys.KeyRing.write_uses": "when a key was used last changes no key",
    "running.worker.work": "what was asked for is recorded, and what comes of it",
    "training.training.begin_where_no_worker": "a part of starting one, which is recorded",
    "training.training.carry_out_next": "that it was asked for is recorded, and what comes of it (test_training)",
    "data.prepared.carry_out_next": "that it was asked for is recorded, and the export itself",
    "data.prepared.listed": "a look; what a killed process did is told as ended",
    "running.builds.begin": "no person decides it, and it changes how fast answers are ranked, not how",
    "running.builds.carry_out_next": "as above",
    "running.jobs.carried_out": "a part of what was asked for, which is recorded",
    "running.jobs.finished": "as above",
    "running.jobs.listed": "a look; what a killed process did is told as ended",
    "running.jobs.put_away": "puts a note and a file away that were made to be downloaded",
    "running.jobs.stop_dead": "as above",
    "running.jobs.taken": "as above",
    "running.jobs.taken_next": "as above",
    "scoring.embedding.carry_out": "that it was asked for is recorded",
    "scoring.embedding.carry_out_next": "as above",
    "data.uploads.drop": "puts a copy of a file away; what was imported stays",
    "data.uploads.listed": "tells those whose process died as stopped",
    "data.uploads.start_check": "reads a file and stores nothing of it",
    "data.uploads.take": "keeps a copy of a file until it is imported",
    "review.own_ratings.withdraw": "ratings have a history of their own",
    "people.local_names.stop_rating": "a browser that speaks for nobody changes no person",
    "rating.queue.choose": "the order in which one rater sees answers",
    "rating.rating.discard": "ratings have a history of their own",
    "rating.rating.item": "keeps which text a rater was shown",
    "rating.rating.keep_draft": "not said yet",
    "rating.rating.next_items": "keeps answers for a rater for a while",
    "rating.rating.give_back": "lets others have what was kept for a rater",
    "rating.rating.rate": "ratings have a history of their own",
    "rating.rating.renew": "keeps an answer for a rater for a while",
    "rating.rating.same_prompt": "keeps answers for a rater for a while",
    "rating.rating.skip": "ratings have a history of their own",
    "rating.rating.undo_last": "ratings have a history of their own",
    "training.registry.save_and_register": "part of a training, which is recorded (test_training)",
    "review.second_looks.choose": "ratings have a history of their own",
    "review.second_looks.look": "ratings have a history of their own",
    "review.to_check.keep": "ratings have a history of their own",
    "rating.active_learning.suggest": "the order in which raters see answers",
    "rating.active_learning.suggest_or_say": "the order in which raters see answers",
    "people.visitors.accepted": "may draw the key that signs cookies, once",
    "people.visitors.cookie_for": "as above",
    "people.visitors.issue": "as above",
    "outcomes.feedback.give": "feedback is kept with its application and time",
    "outcomes.feedback.give_all": "feedback is kept with its application and time",
    "outcomes.sending.send": "each answer keeps which application sent it, and when",
    "reranking.usage.UsageLog.write": "rankings are counted, not recorded",
    "finetuning.running.carry_out": "that it was asked for is recorded, and what comes of it (test_finetuning)",
    "finetuning.running.carry_out_next": "as above",
    "finetuning.runs.active_run": "a look; one that was killed is told as such on its page",
    "finetuning.runs.history": "a look; as above",
    "finetuning.runs.reap": "a look; as above",
    "running.carrying.end_recorded": "a part of work that is recorded",
    "running.carrying.give_up_dead": "a look; work that was killed is told as such on its page",
    "running.carrying.heartbeat": "a part of work that is recorded",
    "training.runs.active_run": "a look; a training that was killed is told as such on its page",
    "training.runs.history": "a look; as above",
    "training.runs.reap": "a look; as above",
    "worth.scoring.score_answers": "what a model says of answers changes none, and no person decides it",
}


def invite(w: Workspace, lead: User) -> Act:
    yield
    accounts.invite(w, lead, "Ben", Role.SME)


def admit(w: Workspace, lead: User) -> Act:
    with w.store.write() as session:
        session.add(Identity(identity_id=3, issuer="https://id.example.org", subject="s", name="Ben"))
    yield
    accounts.admit(w, lead, 3, Role.SME)


def set_address(w: Workspace, lead: User) -> Act:
    ben = rater(w, "Ben")
    yield
    accounts.set_address(w, lead, ben.rater_id, "ben@example.org")


def set_role(w: Workspace, lead: User) -> Act:
    ben = rater(w, "Ben")
    yield
    accounts.set_role(w, lead, ben.rater_id, Role.VIEWER)
    accounts.set_role(w, lead, ben.rater_id, Role.VIEWER)  # nothing changes, nothing is recorded


def set_disabled(w: Workspace, lead: User) -> Act:
    ben = rater(w, "Ben")
    yield
    accounts.set_disabled(w, lead, ben.rater_id, True)


def save_backup(w: Workspace, lead: User) -> Act:
    yield
    backup.save(w, lead, w.settings.home / "B")


def restore(w: Workspace, lead: User) -> Act:
    backup.save(w, lead, w.settings.home / "B")
    backup.restore(w.settings.home / "B", str(w.settings.home / "new"), w.settings)
    yield
    restored = open_workspace({"ASSAY_HOME": str(w.settings.home / "new")})
    (last,) = audit_log.acts(restored, lead, Wanted(), size=1)
    assert (last.action, last.subject) == ("restored", "database")
    restored.store.engine.dispose()


def save_case(w: Workspace, lead: User) -> Act:
    yield
    cases.save(w, lead, "case", "prompt", ["a", "b"])


def delete_case(w: Workspace, lead: User) -> Act:
    number = cases.save(w, lead, "case", "prompt", ["a", "b"])
    yield
    cases.delete(w, lead, number)


def add_answer(w: Workspace, lead: User) -> Act:
    yield
    interactions.add(w, lead, "prompt", "answer")


def write_better(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.write_better(w, lead, number, "A better answer.")


def edit_answer(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.edit(w, lead, number, "prompt", "another answer", withdraw_ratings=True)


def delete_answer(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.delete(w, lead, number)


def put_back(w: Workspace, lead: User) -> Act:
    number = added(w)
    looked.discard(w, lead, number, reason="Test data")
    yield
    looked.put_back(w, lead, number)


def decide(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.decide(w, lead, number, 4, expected=None)
    looked.decide(w, lead, number, None, expected=4)


def mark_gap(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.mark_gap(w, lead, number, "Say what a 3 is.")


def close_gap(w: Workspace, lead: User) -> Act:
    looked.mark_gap(w, lead, added(w), "Say what a 3 is.")
    (gap,) = disagreements.open_gaps(w, lead)
    yield
    looked.close_gap(w, lead, gap.gap_id)


def export(w: Workspace, lead: User) -> Act:
    importing.load_sample(w, lead)
    yield
    exporting.export(w, lead, "gold", w.settings.home / "gold.csv")


def forget_answer(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.forget(w, lead, number)


def compact(w: Workspace, lead: User) -> Act:
    """The file is written anew."""
    yield
    erasure.compact(w, lead)


def forget_rater(w: Workspace, lead: User) -> Act:
    ben = rater(w, "Ben")
    yield
    erasure.rater(w, lead, ben.rater_id, ratings_stay=False)


def forget_app_user(w: Workspace, lead: User) -> Act:
    sent.thumb(w, added(w), up=False, user="u-1")
    yield
    erasure.app_user(w, lead, "clinic", "u-1")


def save_guidelines(w: Workspace, lead: User) -> Act:
    yield
    guidelines.save(w, lead, "5 is good.", read=0)


def reveal(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    looked.reveal(w, lead, number)


def reveal_shown(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    rating.reveal(w, lead, number, showing=looked.showing(w, lead, number) or "")


def reveal_guidelines(w: Workspace, lead: User) -> Act:
    guidelines.save(w, lead, "5 is good.", read=0)
    yield
    redaction.reveal_guidelines(w, lead, 1)


def reveal_case(w: Workspace, lead: User) -> Act:
    number = cases.save(w, rater(w, "Ben"), "case", "prompt", ["answer"])
    yield
    redaction.reveal_case(w, lead, number)


def import_file(w: Workspace, lead: User) -> Act:
    file = w.settings.home / "rows.csv"
    file.write_text("user_prompt,ai_response,rating\nq,a,5\n")
    yield
    list(importing.import_file(w, lead, file))


def checked_upload(w: Workspace, lead: User) -> int:
    number = uploads.take(w, lead, "rows.csv", BytesIO(b"user_prompt,ai_response,rating\nq,a,5\n"))
    uploads.start_check(w, lead, number, HowToRead())
    return number


def import_checked(w: Workspace, lead: User) -> Act:
    file = w.settings.home / "rows.csv"
    file.write_text("user_prompt,ai_response,rating\nq,a,5\n")
    yield
    list(importing.import_checked(w, lead, file, HowToRead(), file_name="rows.csv", file_hash="0" * 64))


def start_import(w: Workspace, lead: User) -> Act:
    number = checked_upload(w, lead)
    yield
    uploads.start_import(w, lead, number)


def begun_import(w: Workspace, lead: User, state: str) -> int:
    number = checked_upload(w, lead)
    with w.store.write() as session:
        upload = session.get_one(Upload, number)
        upload.state, upload.process, upload.import_id = state, this_process(), 1
    return number


def resume_import(w: Workspace, lead: User) -> Act:
    number = begun_import(w, lead, "stopped")
    yield
    uploads.resume(w, lead, number)


def carry_out_import(w: Workspace, lead: User) -> Act:
    number = begun_import(w, lead, "importing")
    yield
    uploads.carry_out(w, COMMAND_LINE, number)


def carry_out_next_import(w: Workspace, lead: User) -> Act:
    number = checked_upload(w, lead)
    with w.store.write() as session:
        stored_uploads.begin(session, session.get_one(Upload, number), "importing", None, lead)
    yield
    uploads.carry_out_next(w, COMMAND_LINE, stopping=lambda: False)


def cancel_import(w: Workspace, lead: User) -> Act:
    number = begun_import(w, lead, "importing")
    yield
    uploads.cancel(w, lead, number)
    uploads.cancel(w, lead, number)


def load_sample(w: Workspace, lead: User) -> Act:
    yield
    importing.load_sample(w, lead)


def remove_import(w: Workspace, lead: User) -> Act:
    list(import_file(w, lead))
    yield
    importing.remove_import(w, lead, 1)


def remove_sample(w: Workspace, lead: User) -> Act:
    importing.load_sample(w, lead)
    made(w, "of-the-sample", sample=True, champion=True)
    yield
    importing.remove_sample(w, lead)


def make_feedback(w: Workspace, lead: User) -> Act:
    importing.load_sample(w, lead)
    made(w, "of-the-sample", sample=True, champion=True)
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reranking, "_embedder", lambda settings, store: embedder())
        demo.make_feedback(w, lead)


def create_key(w: Workspace, lead: User) -> Act:
    yield
    api_keys.create(w, lead, "portal")


def revoke_key(w: Workspace, lead: User) -> Act:
    api_keys.create(w, lead, "portal")
    yield
    api_keys.revoke(w, lead, 1)


def confirm_keys(w: Workspace, lead: User) -> Act:
    api_keys.create(w, lead, "portal")
    with w.store.write() as session:
        suspend(session)
    yield
    api_keys.confirm(w, lead)
    api_keys.confirm(w, lead)  # none waits any more, nothing is recorded


def archive(w: Workspace, lead: User) -> Act:
    made(w, "first")
    yield
    models.archive(w, lead, "first")
    models.archive(w, lead, "first", away=False)


def count_poor_picks(w: Workspace, lead: User) -> Act:
    made(w, "first")
    prompt = next(text for number in range(100) if is_held_out(prompt_group(text := f"question {number}")))
    for response, rating_given in (("answer", 5), ("another", 1)):
        looked.rate(w, lead, added(w, prompt, response), rating_given)
    with w.store.write() as session:
        session.add(HeldOutPrompt(prompt_group=prompt_group(prompt)))
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reranking, "encoder", lambda name: FakeEncoder())
        guarantee.measure(w, lead, "first")


def thin(w: Workspace, lead: User) -> Act:
    made(w, "first")
    yield
    thinning.thin(w, lead, "first")
    thinning.thin(w, lead, "first")  # its files are gone already, nothing is recorded


def as_zip(w: Workspace, lead: User) -> Act:
    made(w, "first")
    yield
    models.as_zip(w, lead, "first")


def promote(w: Workspace, lead: User) -> Act:
    made(w, "first")
    yield
    models.promote(w, lead, "first", reason="It is good.")


def roll_back(w: Workspace, lead: User) -> Act:
    made(w, "first", champion=True)
    made(w, "second", champion=True)
    yield
    models.rollback(w, lead)


def rate_as(w: Workspace, lead: User) -> Act:
    yield
    local_names.rate_as(w, "a browser", "Ben")
    local_names.rate_as(w, "another browser", "Ben")


def keep_preferences(w: Workspace, lead: User) -> Act:
    yield
    preferences.keep(w, lead, "prompt", ["a", "b"], [1, 0], model_version=None)


def withdraw_preferences(w: Workspace, lead: User) -> Act:
    preferences.keep(w, lead, "prompt", ["a", "b"], [1, 0], model_version=None)
    yield
    preferences.withdraw(w, lead, "prompt")


def change_reminder(w: Workspace, lead: User) -> Act:
    yield
    retraining.change_settings(w, lead, RetrainSettings(ratings=7))


def change_schedule(w: Workspace, lead: User) -> Act:
    yield
    schedule.change_schedule(w, lead, Schedule(days=7))


def begin_on_schedule(w: Workspace, lead: User) -> Act:
    schedule.change_schedule(w, lead, Schedule(ratings=1))
    looked.rate(w, lead, added(w), 4)
    yield
    with pytest.raises(AssayError, match="could not be started"):
        schedule.begin_if_due(w, COMMAND_LINE)


def change_queue(w: Workspace, lead: User) -> Act:
    yield
    queue.change_settings(w, lead, QueueSettings(raters=2))


def ask_second_opinions(w: Workspace, lead: User) -> Act:
    looked.rate(w, rater(w, "Ben"), added(w), 4)
    yield
    second_opinions.ask(w, lead, AskFor(20, 3))


def draw_audit_sample(w: Workspace, lead: User) -> Act:
    stored(w, 30)
    yield
    samples.draw(w, lead, 30)


def delete_selected(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    selected.delete(w, lead, {number: looked.version(w, number), number + 1: ""})


def discard_selected(w: Workspace, lead: User) -> Act:
    number = added(w)
    yield
    selected.discard(w, lead, {number: looked.version(w, number)}, reason="Test data")


def ask_for_selected(w: Workspace, lead: User) -> Act:
    number = added(w)
    queue.change_settings(w, lead, QueueSettings(overlap=0))
    looked.rate(w, rater(w, "Ben"), number, 4)
    yield
    selected.ask_for_rating(w, lead, {number: looked.version(w, number)})


def open_pairs(w: Workspace, lead: User) -> Act:
    for answer in "ab":
        added(w, "prompt", answer)
    yield
    opening.open_pairs(w, lead, PairsToOpen(5))
    opening.open_pairs(w, lead, PairsToOpen(5))  # nothing is left to be opened, nothing is recorded


def close_pairs(w: Workspace, lead: User) -> Act:
    list(open_pairs(w, lead))
    yield
    opening.close(w, lead)
    opening.close(w, lead)


def serve_blind(w: Workspace, lead: User) -> Act:
    added(w, "prompt", "its answer")
    yield
    for _ in range(2):
        blind.serve_blind(w, lead, [BlindPair("prompt", "a", "b")], reason="a language model")


def reveal_pair(w: Workspace, lead: User) -> Act:
    list(open_pairs(w, lead))
    (shown,) = comparing.next_pairs(w, lead)
    yield
    comparing.reveal(w, lead, shown.comparison_id, showing=shown.showing)


def open_second_opinions(w: Workspace, lead: User) -> Act:
    looked.rate(w, rater(w, "Ben"), added(w), 4)
    queue.change_settings(w, lead, QueueSettings(overlap=0))
    yield
    second_opinions.open_queue(w, lead)


def change_second_looks(w: Workspace, lead: User) -> Act:
    yield
    second_looks.change_settings(w, lead, RepeatSettings(share=3))


def change_target(w: Workspace, lead: User) -> Act:
    yield
    progress.change_target(w, lead, RatingTarget(20))


def record_as_file(w: Workspace, lead: User) -> Act:
    yield
    audit_log.as_file(w, lead, Wanted(), ".csv")


def export_pairs(w: Workspace, lead: User) -> Act:
    rated(w)
    yield
    exporting_pairs.export(w, lead, w.settings.home / "pairs")


def export_record(w: Workspace, lead: User) -> Act:
    yield
    audit_log.export(w, lead, Wanted(), w.settings.home / "people.audit_log.jsonl")


def enter(w: Workspace, lead: User) -> Act:
    said = claims("ben", "ben@example.org")
    accounts.invite(w, lead, "ben@example.org", Role.SME)
    yield
    sign_in.enter(w, said)
    sign_in.enter(w, said)


def sign_out(w: Workspace, lead: User) -> Act:
    said = claims("ben", "ben@example.org")
    accounts.invite(w, lead, "ben@example.org", Role.SME)
    sign_in.enter(w, said)
    yield
    sign_in.sign_out(w, said)


def cancel(w: Workspace, lead: User) -> Act:
    with w.store.write() as session:
        runs.start(session, "pair", 0, lead, None)
    yield
    training.cancel(w, lead, 1)


def start(w: Workspace, lead: User) -> Act:
    yield
    with pytest.raises(AssayError, match="could not be started"):
        training.start(w, lead)


def a_worker_exports(w: Workspace) -> None:
    with w.store.write() as session:
        stored_workers.add(session, this_process(), place_of(w.settings.home), tuple(Work), gpu=False)


def ask_for_export(w: Workspace, lead: User) -> Act:
    a_worker_exports(w)
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepared, "LARGE", 0)
        assert prepared.start(w, lead, "gold", "csv") is not None


def cancel_job(w: Workspace, lead: User) -> Act:
    with w.store.write() as session:
        number = stored_jobs.begin(session, "export", {}, lead, for_worker=True).job_id
    yield
    jobs.cancel(w, lead, number)
    jobs.cancel(w, lead, number)


def embed(w: Workspace, lead: User) -> Act:
    yield
    list(embedding.embed(w, lead))


def ask_to_embed(w: Workspace, lead: User) -> Act:
    a_worker_exports(w)
    yield
    embedding.start(w, lead)


def cancel_tuning(w: Workspace, lead: User) -> Act:
    with w.store.write() as session:
        tunings.start(session, lead, None, for_worker=False, **asked_for())
    yield
    running.cancel(w, lead, 1)


def start_tuning(w: Workspace, lead: User) -> Act:
    given = made_export(w.settings.home / "e"), tiny_model(w.settings.home / "m"), HowToTune()
    yield
    with needs_packages(), pytest.raises(AssayError, match="could not be started"):
        running.start(w, lead, *given)


def tune(w: Workspace, lead: User) -> Act:
    given = made_export(w.settings.home / "e"), tiny_model(w.settings.home / "m"), HowToTune()

    def stop(_: object) -> None:
        raise Cancelled("It was stopped.")

    yield
    with needs_packages(), pytest.raises(Cancelled):
        running.tune(w, lead, *given, on_event=stop)


def train(w: Workspace, lead: User) -> Act:
    yield
    list(training.train(w, lead))


def train_to_end(w: Workspace, lead: User) -> Act:
    yield
    training.train_to_end(w, lead, recipe="pair", seed=0, on_progress=lambda done, total: None)


def convert_prompts(w: Workspace, lead: User) -> Act:
    added(w, "Human: Hi\n\nAssistant: Hello.\n\nHuman: Why?")
    yield
    list(conversations.convert(w, lead))


IN_THE_RECORD: dict[str, tuple[Callable[[Workspace, User], Act], list[str]]] = {
    "people.accounts.admit": (admit, ["let in"]),
    "people.accounts.invite": (invite, ["invited"]),
    "people.accounts.set_address": (set_address, ["gave an address"]),
    "people.accounts.set_disabled": (set_disabled, ["disabled"]),
    "people.accounts.set_role": (set_role, ["changed the role"]),
    "operations.backup.restore": (restore, []),  # in the restored database
    "operations.backup.save": (save_backup, ["backed up"]),
    "reranking.cases.delete": (delete_case, ["deleted case"]),
    "reranking.cases.save": (save_case, ["saved case"]),
    "data.conversations.convert": (convert_prompts, ["converted prompts"]),
    "rating.better_answers.write": (write_better, ["wrote better answer"]),
    "data.interactions.add": (add_answer, ["added answer"]),
    "data.interactions.delete": (delete_answer, ["deleted answer"]),
    "data.interactions.edit": (edit_answer, ["edited answer"]),
    "data.interactions.put_back": (put_back, ["put back"]),
    "review.disagreements.close_gap": (close_gap, ["gap closed"]),
    "review.disagreements.decide": (decide, ["adjudicated", "adjudication cleared"]),
    "review.disagreements.mark_gap": (mark_gap, ["gap marked"]),
    "data.exporting.export": (export, ["exported"]),
    "finetuning.exporting.export": (export_pairs, ["exported"]),
    "data.erasure.app_user": (forget_app_user, ["forgot"]),
    "data.erasure.compact": (compact, ["compacted"]),
    "data.erasure.interaction": (forget_answer, ["forgot"]),
    "data.erasure.rater": (forget_rater, ["forgot"]),
    "review.guidelines.save": (save_guidelines, ["guidelines saved"]),
    "data.redaction.reveal": (reveal, ["revealed identifiers"]),
    "rating.rating.reveal": (reveal_shown, ["revealed identifiers"]),
    "data.redaction.reveal_case": (reveal_case, ["revealed identifiers"]),
    "data.redaction.reveal_guidelines": (reveal_guidelines, ["revealed identifiers"]),
    "data.importing.import_file": (import_file, ["started import", "finished import"]),
    "data.importing.import_checked": (import_checked, ["started import", "finished import"]),
    "data.uploads.cancel": (cancel_import, ["cancelled import"]),
    "data.uploads.carry_out": (carry_out_import, ["started import", "finished import"]),
    "data.uploads.carry_out_next": (carry_out_next_import, ["started import", "finished import"]),
    "data.uploads.resume": (resume_import, ["started import", "finished import"]),
    "data.uploads.start_import": (start_import, ["started import", "finished import"]),
    "data.importing.load_sample": (load_sample, ["started import", "finished import"]),
    "data.importing.remove_import": (remove_import, ["removed import"]),
    "data.importing.remove_sample": (remove_sample, ["took out of use", "removed sample"]),
    "outcomes.demo.make_feedback": (make_feedback, ["made feedback"]),
    "people.api_keys.confirm": (confirm_keys, ["confirmed key"]),
    "people.api_keys.create": (create_key, ["created key"]),
    "people.api_keys.revoke": (revoke_key, ["revoked key"]),
    "models.guarantee.measure": (count_poor_picks, ["counted poor picks"]),
    "models.thinning.thin": (thin, ["removed the files"]),
    "models.models.archive": (archive, ["archived", "took from the archive"]),
    "models.models.as_zip": (as_zip, ["downloaded"]),
    "models.models.promote": (promote, ["promoted"]),
    "models.models.rollback": (roll_back, ["rolled back"]),
    "people.local_names.rate_as": (rate_as, ["chose a new name"]),
    "reranking.preferences.keep": (keep_preferences, ["kept preferences"]),
    "reranking.preferences.withdraw": (withdraw_preferences, ["withdrew preferences"]),
    "training.retraining.change_settings": (change_reminder, ["changed reminder"]),
    "running.schedule.begin_if_due": (begin_on_schedule, ["started training"]),
    "running.schedule.change_schedule": (change_schedule, ["changed schedule"]),
    "rating.queue.change_settings": (change_queue, ["changed queue"]),
    "comparisons.opening.open_pairs": (open_pairs, ["comparisons opened"]),
    "comparisons.opening.close": (close_pairs, ["comparisons closed"]),
    "comparisons.blind.serve_blind": (serve_blind, ["comparisons opened"]),
    "comparisons.comparing.reveal": (reveal_pair, ["revealed identifiers", "revealed identifiers"]),
    "rating.second_opinions.ask": (ask_second_opinions, ["second opinions asked"]),
    "data.selected.ask_for_rating": (ask_for_selected, ["second opinions asked"]),
    "data.selected.delete": (delete_selected, ["deleted answer"]),
    "data.selected.discard": (discard_selected, ["discarded answer"]),
    "rating.second_opinions.open_queue": (open_second_opinions, ["second opinions asked"]),
    "worth.samples.draw": (draw_audit_sample, ["audit sample drawn"]),
    "people.audit_log.as_file": (record_as_file, ["exported"]),
    "people.audit_log.export": (export_record, ["exported"]),
    "review.progress.change_target": (change_target, ["changed target"]),
    "review.second_looks.change_settings": (change_second_looks, ["changed second looks"]),
    "people.sign_in.enter": (enter, ["signed in"]),
    "people.sign_in.sign_out": (sign_out, ["signed out"]),
    "finetuning.running.cancel": (cancel_tuning, ["cancelled fine-tuning"]),
    "finetuning.running.start": (start_tuning, ["started fine-tuning"]),
    "finetuning.running.tune": (tune, ["started fine-tuning"]),  # what comes of it: test_finetuning
    "training.training.cancel": (cancel, ["cancelled training"]),
    "data.prepared.start": (ask_for_export, ["asked for export"]),
    "running.jobs.cancel": (cancel_job, ["cancelled export"]),
    "scoring.embedding.embed": (embed, ["started embedding"]),
    "scoring.embedding.start": (ask_to_embed, ["started embedding"]),
    "training.training.start": (start, ["started training"]),
    "training.training.train": (train, ["started training"]),  # what comes of it: test_training
    "training.training.train_to_end": (train_to_end, ["started training"]),
}
BY_OTHERS = {
    "running.schedule.begin_if_due",
    "people.local_names.rate_as",
    "people.sign_in.enter",
    "people.sign_in.sign_out",
}
"""Acts of the person who comes in, or of the schedule, not of the lead."""


def writers() -> set[str]:
    """Every public function of the services that changes the database, itself or by what it calls in the services."""
    calls: dict[str, set[str]] = {}
    writing: set[str] = set()
    for file in SERVICES.rglob("*.py"):
        tree = ast.parse(file.read_text())
        subject = ".".join(file.relative_to(SERVICES).with_suffix("").parts)
        known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("core.services"):
                above = (node.module or "").removeprefix("core.services").lstrip(".")
                known |= {name.asname or name.name: f"{above}.{name.name}".lstrip(".") for name in node.names}
        holders: list[ast.Module | ast.ClassDef] = [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))]
        for holder in holders:
            inside = f"{subject}.{holder.name}" if isinstance(holder, ast.ClassDef) else subject
            for function in (node for node in holder.body if isinstance(node, ast.FunctionDef)):
                key = f"{inside}.{function.name}"
                called = [ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]
                if any(name == "written" or name.endswith("store.write") for name in called):
                    writing.add(key)
                calls[key] = {
                    ".".join([known.get(first, f"{subject}.{first}" if not rest else first), *rest])
                    for first, *rest in (name.split(".") for name in called)
                }
    while more := {key for key, called in calls.items() if key not in writing and called & writing}:
        writing |= more
    return {key for key in writing if not any(part.startswith("_") for part in key.split("."))}


def test_every_function_that_changes_something_is_accounted_for():
    """A new one is either in the record, with an act below that shows it, or says here why not."""
    assert writers() == IN_THE_RECORD.keys() | NOT_IN_THE_RECORD.keys()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is shown here does not depend on the kind of database."""
    return sqlite_url


@pytest.mark.parametrize("name", IN_THE_RECORD)
def test_an_act_is_in_the_record_once(workspace: Workspace, name: str, monkeypatch):
    """Under whoever did it, and only when it happened."""
    scenario, expected = IN_THE_RECORD[name]
    # the process is not what this is about: let none be started
    if name in ("training.training.start", "finetuning.running.start", "running.schedule.begin_if_due"):

        def none_starts(*args: object, **kwargs: object) -> None:
            raise OSError(11, "Resource temporarily unavailable")

        monkeypatch.setattr(subprocess, "Popen", none_starts)
    lead = rater(workspace, "Lena")
    acting = scenario(workspace, lead)
    next(acting)
    with workspace.store.read() as session:
        before = session.query(Audit).count()
    assert next(acting, None) is None
    with workspace.store.read() as session:
        new = session.query(Audit).order_by(Audit.audit_id).offset(before).all()
    assert [act.action for act in new] == expected
    if name not in BY_OTHERS:
        assert {act.actor for act in new} <= {lead.key, "system"}
