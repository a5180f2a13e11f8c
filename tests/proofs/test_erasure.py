"""After an erasure no byte of an answer is left: planted in every column of text that there is, searched in every one.

A new column of text fails here until it is planted, listed by the erasure, or explained.
"""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import JSON, LargeBinary, String, select

from core.cli.main import main
from core.domain.errors import Unavailable
from core.domain.roles import COMMAND_LINE
from core.domain.texts import prompt_group, text_hash
from core.domain.turns import Speaker, Turn, turns_group, turns_to_json
from core.labeling.how_to_read import HowToRead
from core.services.data import erasure, importing
from core.services.operations import doctor
from core.services.workspace import Workspace
from core.store import compacting
from core.store.outcomes.hashes import hash_of_question, key_for_writing
from core.store.tables import (
    ApiKey,
    AuditSample,
    AuditSampled,
    Base,
    BetterAnswer,
    Case,
    Comparison,
    ComparisonEvent,
    ComparisonServing,
    Draft,
    Embedding,
    Export,
    Feedback,
    Guideline,
    GuidelineGap,
    HeldOutPrompt,
    Import,
    Item,
    Job,
    JudgeChoice,
    JudgeScore,
    KeptCounts,
    Lease,
    LegacyInteraction,
    LegacySession,
    Occurrence,
    PartCounts,
    Prediction,
    Preference,
    Promotion,
    QueuePreference,
    Rating,
    RatingEvent,
    Reranking,
    RunEvent,
    Showing,
    Suggestion,
    TextHistory,
    Upload,
    WorthScore,
)
from core.store.training import runs
from tests import looked
from tests.databases import Plain, added, rater

MARK = "zqx"
"""Begins every planted word; nothing else here does."""
PROMPT = f"{MARK}prompt asks"


def word(column: str) -> str:
    """What is planted in a column: unlike every other, so that what is left can be told."""
    return MARK + column.removeprefix("rlhf_").removeprefix("assay_").replace("_", "").replace(".", "") + "end"


GOES = {
    "rlhf_interactions.user_prompt",
    "rlhf_interactions.ai_response",
    "rlhf_interactions.feedback_comment",
    "assay_items.context_id",
    "assay_items.session_label",
    "assay_items.extra",
    "assay_items.turns",
    "assay_items.turns_group",
    "assay_items.mirrored_comment",
    "assay_items.identifiers",
    "assay_items.identity",
    "assay_items.prompt_group",
    "assay_ratings.comment",
    "assay_ratings.reason",
    "assay_ratings.reasons",
    "assay_rating_events.old",
    "assay_rating_events.new",
    "assay_rating_events.request_id",
    "assay_text_history.user_prompt",
    "assay_text_history.ai_response",
    "assay_text_history.context_id",
    "assay_text_history.turns",
    "assay_drafts.comment",
    "assay_drafts.reasons",
    "assay_leases.request_id",
    "assay_guideline_gaps.note",
    "assay_showings.version",
    "assay_showings.showing",
    "assay_better_answers.request_id",
    "assay_comparisons.prompt",
    "assay_comparisons.first",
    "assay_comparisons.second",
    "assay_comparisons.turns",
    "assay_comparisons.prompt_group",
    "assay_comparisons.pair_hash",
    "assay_comparison_servings.showing",
    "assay_comparison_servings.version",
    "assay_comparison_servings.pair_hash",
    "assay_comparison_events.request_id",
    "assay_cases.name",
    "assay_cases.prompt",
    "assay_cases.texts",
    "assay_kept_counts.counts",
    "assay_part_counts.counts",
    "assay_preferences.prompt",
    "assay_preferences.prompt_group",
    "assay_preferences.chosen",
    "assay_preferences.rejected",
    "assay_preferences.pair_hash",
    "assay_preferences.context_id",
    "assay_preferences.turns",
    "assay_preferences.turns_group",
    "assay_audit_sampled.prompt_group",
    "assay_embeddings.text_hash",
    "assay_embeddings.vectors",
    "assay_held_out.prompt_group",
    "assay_imports.rejected",
    "assay_imports.left_out",
    "assay_jobs.options",
    "assay_jobs.message",
    "assay_jobs.result",
    "assay_uploads.how",
    "assay_uploads.report",
    "assay_uploads.message",
    "assay_run_events.payload",
    "assay_desks.filters",
    "assay_occurrences.application",
    "assay_occurrences.caller_id",
    "assay_occurrences.identity",
    "assay_occurrences.generator",
    "assay_judge_scores.judge",
    "assay_judge_choices.judge",
    "assay_feedback.application",
    "assay_feedback.caller_id",
    "assay_feedback.target",
    "assay_feedback.rerank_id",
    "assay_feedback.comment",
    "assay_feedback.user_hash",
    "assay_feedback.question",
    "assay_feedback.model_version",
    "assay_feedback.generator",
    "assay_rerankings.question",
}
"""Columns that hold something of an answer: gone afterwards."""

STAYS = {
    "rlhf_sessions.notes": "Session",
    "assay_guidelines.markdown": "in their own words: guidelines",
    "assay_guidelines.reasons": "in their own words: guidelines",
    "assay_promotions.reason": "reasons",
    "assay_exports.reason": "reasons",
    "assay_exports.place": "Files that were exported",
    "assay_imports.file_name": "names of files",
    "assay_uploads.file_name": "names of files",
    "assay_api_keys.name": "keys",
}
"""Columns in which somebody may have quoted it: what the erasure says of them."""

NO_TEXT_OF_AN_ANSWER = {
    "a word out of a fixed list": [
        "rlhf_sessions.status",
        "assay_exports.kind",
        "assay_exports.identifiers",
        "assay_imports.state",
        "assay_uploads.state",
        "assay_jobs.kind",
        "assay_jobs.state",
        "assay_items.source",
        "assay_rating_events.action",
        "assay_rating_events.chosen",
        "assay_ratings.status",
        "assay_text_history.action",
        "assay_leases.chosen",
        "assay_suggestions.chosen",
        "assay_desks.order",
        "assay_raters.kind",
        "assay_raters.role",
        "assay_finetunings.state",
        "assay_finetunings.method",
        "assay_finetuning_events.kind",
        "assay_runs.state",
        "assay_runs.recipe",
        "assay_run_events.kind",
        "assay_promotions.action",
        "assay_model_versions.recipe",
        "assay_rerankings.source",
        "assay_feedback.kind",
        "assay_judge_choices.outcome",
        "assay_preferences.outcome",
        "assay_preferences.served_for",
        "assay_comparisons.served_for",
        "assay_comparison_servings.verdict",
        "assay_comparison_events.action",
        "assay_comparison_events.verdict",
        "assay_comparison_events.before",
        "assay_judge_choices.people",
        "assay_answers_given.kind",
        "assay_api_keys.scopes",
        "assay_audit.action",
    ],
    "the name or number of a person or a program": [
        "assay_exports.by",
        "assay_guidelines.by",
        "assay_guideline_gaps.by",
        "assay_promotions.by",
        "assay_text_history.by",
        "assay_finetunings.requested_by",
        "assay_runs.requested_by",
        "assay_uploads.requested_by",
        "assay_jobs.requested_by",
        "assay_audit_samples.requested_by",
        "assay_model_versions.archived_by",
        "assay_audit.actor",
        "assay_raters.name",
        "assay_raters.name_key",
        "assay_raters.email",
        "assay_identities.issuer",
        "assay_identities.subject",
        "assay_identities.name",
        "assay_identities.email",
        "assay_api_keys.created_by",
        "assay_rerankings.application",
        "assay_answers_given.name",
    ],
    "made by the program: a version, a process, a key, a hash of a file": [
        "rlhf_sessions.model_version",
        "rlhf_reward_model_training.model_version",
        "assay_promotions.model_version",
        "assay_promotions.previous",
        "assay_runs.model_version",
        "assay_finetunings.process",
        "assay_finetunings.place",
        "assay_finetunings.fingerprint",
        "assay_finetunings.folder",
        "assay_finetunings.base",
        "assay_runs.process",
        "assay_uploads.place",
        "assay_workers.process",
        "assay_workers.place",
        "assay_workers.takes",
        "assay_workers.builds",
        "assay_jobs.place",
        "assay_jobs.process",
        "assay_changes.part",
        "assay_part_counts.part",
        "assay_imports.process",
        "assay_uploads.process",
        "assay_uploads.folder",
        "assay_uploads.file_hash",
        "assay_imports.file_hash",
        "assay_model_versions.model_version",
        "assay_model_versions.sha256",
        "assay_preferences.model_version",
        "assay_worth_scores.model_version",
        "assay_rerankings.model_version",
        "assay_rerankings.rerank_id",
        "assay_embeddings.fingerprint",
        "assay_api_keys.start",
        "assay_api_keys.key_hash",
        "assay_visitors.token_hash",
        "assay_sign_ins.key",
        "assay_settings.name",
    ],
    "names of columns of a file": ["assay_imports.how"],
    "figures and sentences made of them": [
        "assay_finetunings.settings",
        "assay_finetunings.message",
        "assay_finetunings.result",
        "assay_finetunings.evaluation",
        "assay_finetunings.verdict",
        "assay_finetuning_events.payload",
        "assay_runs.message",
        "assay_runs.result",
        "assay_model_versions.metrics",
        "assay_model_versions.legacy_row",
        "assay_model_versions.lineage",
        "assay_model_versions.held_out",
        "assay_model_versions.judgement",
        "assay_model_versions.guarantee",
        "assay_rerankings.scores",
        "assay_comparison_servings.replaced",
        "assay_settings.value",
        "assay_kept_counts.passed",
    ],
    "numbers and hashes; tests/services/test_nothing_private_in_logs.py": [
        "assay_audit.subject",
        "assay_audit.old",
        "assay_audit.new",
    ],
}


def columns() -> set[str]:
    """Every column that can hold a text."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary)
    }


def dump(workspace: Workspace) -> str:
    """Every value of every column, bytes read as text."""
    with workspace.store.read() as session:
        return "\n".join(
            value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for table in Base.metadata.sorted_tables
            for row in session.execute(select(table))
            for value in row
        )


def planted(workspace: Workspace, tmp_path) -> int:
    """An answer whose words stand in every column of ``GOES`` and ``STAYS``; its number."""
    ana = rater(workspace)
    file = tmp_path / "rows.csv"
    answer, refused = word("rlhf_interactions.ai_response"), word("assay_imports.rejected")
    left_out = word("assay_imports.left_out")
    file.write_text(
        "user_prompt,ai_response,rating,bias_flag,note\n"
        f'{PROMPT},{answer},4,,"{word("assay_items.extra")} {refused} at length, {left_out} at length"\n'
        f"{PROMPT},{answer},4,{refused} at,\n"
        f"{PROMPT},{answer},{left_out} at,,\n"
    )
    *_, result = importing.import_file(
        workspace,
        COMMAND_LINE,
        file,
        HowToRead(scale="1-5", rater="Bea"),
        file_name=word("assay_imports.file_name"),
    )
    assert (result.rejected_total, result.left_out_total) == (1, 1)
    original = added(workspace, "Another question?", "Another answer.")
    with workspace.store.write() as session:
        item = session.query(Item).filter(Item.import_id.is_not(None)).one()
        number, row = item.interaction_id, session.get(LegacyInteraction, item.interaction_id)
        old = LegacySession(notes=word("rlhf_sessions.notes"))
        session.add(old)
        session.flush()
        row.session_id = old.session_id
        row.feedback_comment = item.mirrored_comment = word("rlhf_interactions.feedback_comment")
        row.user_prompt = f"{PROMPT} {word('rlhf_interactions.user_prompt')}"
        item.prompt_group = prompt_group(row.user_prompt)
        item.context_id, item.session_label = word("assay_items.context_id"), word("assay_items.session_label") + " 7"
        said = Turn(Speaker.USER, word("assay_items.turns"))
        item.turns, item.turns_group = turns_to_json([said]), turns_group([said])
        item.mirrored_comment, item.identifiers = word("assay_items.mirrored_comment"), {word("x.identifiers"): 1}
        mine = session.query(Rating).one()
        mine.comment, mine.reason = word("assay_ratings.comment"), word("assay_ratings.reason")
        mine.reasons = [word("assay_ratings.reasons")]
        event = session.query(RatingEvent).one()
        event.old, event.new = (
            {"comment": word("assay_rating_events.old")},
            {"comment": word("assay_rating_events.new")},
        )
        event.request_id = word("assay_rating_events.request_id")
        session.add(
            TextHistory(
                interaction_id=number,
                action="edited",
                by="Ana",
                user_prompt=f"{PROMPT} {word('assay_text_history.user_prompt')}",
                ai_response=word("assay_text_history.ai_response"),
                context_id=word("assay_text_history.context_id"),
                turns=[{"role": "user", "text": word("assay_text_history.turns")}],
            )
        )
        session.add(
            Draft(
                rater_id=ana.rater_id,
                interaction_id=number,
                comment=word("assay_drafts.comment"),
                bias_flag=False,
                reasons=[word("assay_drafts.reasons")],
            )
        )
        lease = word("assay_leases.request_id")
        session.add(
            Lease(
                interaction_id=number,
                rater_id=ana.rater_id,
                request_id=lease,
                chosen="oldest",
                expires_at=item.created_at,
            )
        )
        session.add(
            Showing(
                interaction_id=number,
                rater_id=ana.rater_id,
                version=word("assay_showings.version"),
                showing=word("assay_showings.showing"),
                at=item.created_at,
            )
        )
        session.add(
            BetterAnswer(
                interaction_id=number,
                original_id=original,
                rater_id=ana.rater_id,
                request_id=word("assay_better_answers.request_id"),
            )
        )
        names = ("application", "caller_id", "identity", "generator")
        session.add(Occurrence(interaction_id=number, **{name: word(f"assay_occurrences.{name}") for name in names}))
        more = (*names[:2], "target", "rerank_id", "comment", "user_hash", "model_version", "generator")
        feedback = {name: word(f"assay_feedback.{name}") for name in more}
        question = hash_of_question(key_for_writing(session), item.prompt_group)
        session.add(Feedback(interaction_id=number, kind="thumb", value=0, question=question, **feedback))
        session.add(Reranking(source="api", candidates=2, milliseconds=1.0, fallback=False, question=question))
        session.add(JudgeScore(interaction_id=number, judge=word("assay_judge_scores.judge"), score=1.0))
        judge, beside = word("assay_judge_choices.judge"), {"first_id": original, "second_id": number}
        session.add(JudgeChoice(judge=judge, outcome="first", people="tie", **beside))
        session.add(GuidelineGap(interaction_id=number, note=word("assay_guideline_gaps.note"), by="Ana"))
        session.add(Suggestion(interaction_id=number, rank=1, chosen="model", score=0.5))
        session.add(WorthScore(interaction_id=number, model_version="v1", score=0.5))
        counts = dict.fromkeys(("questions", "answers", "population_questions", "population_answers"), 1)
        sample = AuditSample(requested_by="Ana", certain=0, last_interaction_id=number, **counts)
        session.add(sample)
        session.flush()
        session.add(
            AuditSampled(
                sample_id=sample.sample_id, interaction_id=number, prompt_group=item.prompt_group, certain=False
            )
        )
        texts = [answer, word("assay_cases.texts")]
        case = Case(rater_id=ana.rater_id, name=word("assay_cases.name"), prompt=row.user_prompt.upper(), texts=texts)
        session.add(case)
        session.add(
            Preference(
                rater_id=ana.rater_id,
                prompt=row.user_prompt,
                prompt_group=item.prompt_group,
                chosen=word("assay_preferences.chosen"),
                rejected=word("assay_preferences.rejected"),
                pair_hash=word("assay_preferences.pair_hash"),
                context_id=word("assay_preferences.context_id"),
                turns=[{"role": "user", "text": word("assay_preferences.turns")}],
                turns_group=word("assay_preferences.turns_group"),
            )
        )
        pair = Comparison(  # of texts that are no answers, on its question
            prompt=row.user_prompt,
            first=word("assay_comparisons.first"),
            second=word("assay_comparisons.second"),
            turns=[{"role": "user", "text": word("assay_comparisons.turns")}],
            prompt_group=item.prompt_group,
            pair_hash=word("assay_comparisons.pair_hash"),
            served_for="a language model",
            raters=1,
        )
        session.add(pair)
        session.flush()
        own = {"comparison_id": pair.comparison_id, "rater_id": ana.rater_id}
        hashes = ("showing", "version", "pair_hash")
        kept = {name: word(f"assay_comparison_servings.{name}")[:32] for name in hashes}
        when = {"taken_at": item.created_at, "expires_at": item.created_at, "first_left": True, "shown": True}
        session.add(ComparisonServing(**own, **when, **kept))
        asked = word("assay_comparison_events.request_id")
        session.add(ComparisonEvent(**own, action="compared", request_id=asked))
        vector = word("assay_embeddings.vectors").encode().ljust(64)
        session.add(Embedding(fingerprint="e", text_hash=text_hash(answer), count=1, dim=16, vectors=vector))
        session.add(HeldOutPrompt(prompt_group=item.prompt_group))
        filters = {"session_label": item.session_label, "source": ""}
        session.add(QueuePreference(rater_id=ana.rater_id, order="random", filters=filters))
        run = runs.start(session, "pair", 0, ana, "elsewhere:1")
        session.add(Prediction(run_id=run.run_id, interaction_id=number, fold=0, score=0.5))
        report = {"sources": [{"name": word("assay_items.session_label")}, {"name": "all others"}], "raters": []}
        runs.add_event(session, run.run_id, "Reported", {"event": "reported", "report": report})
        runs.finish(session, run.run_id, "finished", "done")
        worded = {"markdown": word("assay_guidelines.markdown"), "reasons": [word("assay_guidelines.reasons")]}
        session.add(Guideline(version=1, by="Ana", **worded))
        session.add(Promotion(action="promote", by="Ana", model_version="v1", reason=word("assay_promotions.reason")))
        session.add(
            Export(
                by="Ana",
                kind="gold",
                place=word("assay_exports.place"),
                answers=1,
                identifiers="included",
                reason=word("assay_exports.reason"),
            )
        )
        made = workspace.settings.home / "exports" / "e0" / "assay_gold.csv"
        made.parent.mkdir(parents=True)
        made.write_text(word("exports.file"))
        session.add(
            Job(
                kind="export",
                state="finished",
                options={"kind": "gold", "ending": "csv", "reason": word("assay_jobs.options")},
                requested_by="Ana",
                message=word("assay_jobs.message"),
                result={"folder": made.parent.name, "asks": word("assay_jobs.result")},
            )
        )
        copy = workspace.settings.home / "uploads" / "c0" / "rows.csv"
        copy.parent.mkdir(parents=True)
        copy.write_text(word("uploads.copy"))
        session.add(
            Upload(
                file_name=word("assay_uploads.file_name"),
                folder=copy.parent.name,
                size=copy.stat().st_size,
                file_hash="c0",
                requested_by="Ana",
                state="checked",
                how={"mapping": {"user_prompt": word("assay_uploads.how")}},
                report={"rejected": [word("assay_uploads.report")]},
                message=word("assay_uploads.message"),
            )
        )
        counted = {f"session|rated|{word('assay_kept_counts.counts')} {word('assay_part_counts.counts')}": 1}
        session.merge(KeptCounts(kept_id=1, version=1, built=True, passed={}, counts=counted))
        session.merge(PartCounts(part=prompt_group(PROMPT)[:3], counts=counted))
        session.add(ApiKey(name=word("assay_api_keys.name"), start="a", key_hash="b", created_by="Ana"))
    return number


def test_every_column_of_text_is_planted_listed_or_explained() -> None:
    """A new one fails here until somebody has thought of what an erasure does with it."""
    explained = {name for names in NO_TEXT_OF_AN_ANSWER.values() for name in names}
    assert GOES | set(STAYS) | explained == columns()
    assert not GOES & set(STAYS)
    assert not (GOES | set(STAYS)) & explained


def test_no_word_is_left_in_any_column_or_byte(workspace, tmp_path, proven) -> None:
    """All words are there before; afterwards those that are listed, and nothing else, in tables, files and log."""
    for number in range(50):  # so that pages are shared, and split
        added(workspace, f"other {number}", f"another {number}" * 20, session_label="other 1")
    number = planted(workspace, tmp_path)
    before = dump(workspace)
    missing = [name for name in (*GOES, *STAYS) if word(name) not in before]
    hashes = {text_hash(word("rlhf_interactions.ai_response"))}
    with workspace.store.read() as session:
        item = session.get(Item, number)
        hashes |= {item.identity, item.prompt_group, item.turns_group, session.query(Feedback.question).scalar()}
    derived = {  # hold a hash, or the word of another column
        "assay_items.identity",
        "assay_items.prompt_group",
        "assay_items.turns_group",
        "assay_items.identifiers",
        "assay_audit_sampled.prompt_group",
        "assay_preferences.prompt",
        "assay_preferences.prompt_group",
        "assay_cases.prompt",
        "assay_comparisons.prompt",
        "assay_comparisons.prompt_group",
        "assay_embeddings.text_hash",
        "assay_held_out.prompt_group",
        "assay_run_events.payload",
        "assay_desks.filters",
        "assay_feedback.question",
        "assay_rerankings.question",
    }
    assert set(missing) == derived
    preview = erasure.preview_interaction(workspace, COMMAND_LINE, number)
    done = looked.forget(workspace, COMMAND_LINE, number)
    assert (done.goes, done.remains) == (preview.goes, preview.remains)
    after, said = dump(workspace).casefold(), " ".join(done.remains)
    for name, words in STAYS.items():
        assert word(name).casefold() in after, name
        assert words in said, name
        after = after.replace(word(name).casefold(), "")
    assert MARK not in after
    assert not [one for one in hashes if one in after]
    assert "no session" not in after
    found = _bytes_left(workspace)
    assert found == set()
    proven(
        f"an answer planted in {len(GOES) + len(STAYS)} columns of {len(columns())} that hold text, then forgotten: "
        "left in "
        f"the {len(STAYS)} that the erasure lists, in no other column and no other byte of the database's files"
    )


def _bytes_left(workspace: Workspace) -> set[str]:
    """The planted words that still stand in a file of the home folder, other than those that are listed."""
    kept = {word(name).encode() for name in STAYS}
    left = set()
    for file in workspace.settings.home.rglob("*"):
        data = file.read_bytes().lower() if file.is_file() else b""
        for one in kept:
            data = data.replace(one.lower(), b"")
        start = data.find(MARK.encode())
        while start >= 0:
            left.add(f"{file.name}: {data[start : start + 50]!r}")
            start = data.find(MARK.encode(), start + 1)
    return left


def test_a_label_that_another_answer_bears_stays(workspace, tmp_path) -> None:
    """What a report or a queue says of others is true still."""
    number = planted(workspace, tmp_path)
    label = word("assay_items.session_label")
    added(workspace, "other", "another", session_label=f"{label} 7")
    looked.forget(workspace, COMMAND_LINE, number)
    with workspace.store.read() as session:
        (event,) = session.query(RunEvent)
        assert [part["name"] for part in event.payload["report"]["sources"]] == [label, "all others"]
        assert session.query(QueuePreference).one().filters["session_label"] == f"{label} 7"
        (record,) = session.query(Import)
        assert record.rejected[0]["reason"] == "bias_flag '...' is neither true nor false"
        assert record.left_out[0]["reason"] == "rating '...' is not a number from 1 to 5"


def test_what_still_quotes_the_answer_is_counted(workspace, tmp_path) -> None:
    """A case on another question keeps the answer that somebody pasted there; the erasure says where."""
    number, ana = planted(workspace, tmp_path), rater(workspace)
    with workspace.store.write() as session:
        answer = session.get(LegacyInteraction, number).ai_response
        session.add(Case(rater_id=ana.rater_id, name="mine", prompt="Another question", texts=[answer, "x"]))
    done = looked.forget(workspace, COMMAND_LINE, number)
    assert "in 1 saved cases and 0 orders" in " ".join(done.remains)


def reader(workspace: Workspace) -> sqlite3.Connection:
    """Another program in the middle of reading."""
    connection = sqlite3.connect(workspace.settings.home / "assay.db", isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM rlhf_interactions").fetchone()
    return connection


def test_behind_an_open_reader_the_text_goes_with_the_next_sweep(workspace, tmp_path, monkeypatch, proven) -> None:
    """The erasure waits for nobody and says so; after the reader is gone a sweep, of any process, clears the file."""
    if not workspace.store.is_sqlite:
        proven("no such file with PostgreSQL: the erasure says that its room is cleared by the next VACUUM")
        return
    number = planted(workspace, tmp_path)
    with closing(reader(workspace)) as other:
        done = looked.forget(workspace, COMMAND_LINE, number)
        assert "still reading the state before" in " ".join(done.remains)
        workspace.pick_up(at_once=True)
        assert _bytes_left(workspace)
        assert not compacting.is_tidy(workspace.store)
        monkeypatch.setenv("ASSAY_HOME", str(workspace.settings.home))
        monkeypatch.setenv("DATABASE_URL", workspace.settings.database_url)
        (check,) = [c for c in doctor.examine()["checks"] if c["name"] == "forgotten texts"]
        assert not check["ok"]
        with pytest.raises(Unavailable, match="nobody is working"):
            erasure.compact(workspace, COMMAND_LINE)
        other.execute("ROLLBACK")
    workspace.pick_up(at_once=True)
    assert _bytes_left(workspace) == set()
    assert compacting.is_tidy(workspace.store)
    proven(
        "an answer forgotten while another program reads the file: gone from every byte with the first sweep after it"
    )


def test_compacting_clears_what_another_program_left(workspace, tmp_path, old_app: Plain, capsys, monkeypatch) -> None:
    """The old application deletes without overwriting; ``compact`` writes the file anew, and the record keeps that."""
    monkeypatch.setenv("ASSAY_HOME", str(workspace.settings.home))
    monkeypatch.setenv("DATABASE_URL", workspace.settings.database_url)
    if not workspace.store.is_sqlite:
        assert main(["compact"]) == 2
        assert "VACUUM FULL" in capsys.readouterr().err
        return
    old_app.run("PRAGMA secure_delete=OFF")
    old_app.run("INSERT INTO rlhf_sessions (notes) VALUES (?)", f"{MARK} notes" * 5000)
    old_app.run("DELETE FROM rlhf_sessions")
    old_app.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert _bytes_left(workspace)
    old_app.close()
    assert main(["compact"]) == 0
    assert _bytes_left(workspace) == set()
