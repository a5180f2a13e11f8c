"""Whatever a service hands out is masked: a column that nobody thought of, and a function that nobody thought of."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from core.domain.disagreements import Which
from core.domain.errors import BadInput, Conflict
from core.domain.outcomes.results import Apart, By
from core.domain.queue import Order, QueueFilters
from core.domain.records import Filters
from core.domain.roles import COMMAND_LINE, NotAllowed
from core.services.comparisons import comparing, opening
from core.services.data import conversations, erasure, exporting, importing, interactions, redaction
from core.services.judges import judges
from core.services.masking import ClearedText, masked, masks_output, originals
from core.services.models import models
from core.services.operations import status
from core.services.outcomes import of_answer, results
from core.services.people import api_keys, audit_log
from core.services.rating import queue, rating
from core.services.reranking import cases, preferences
from core.services.review import disagreements, guidelines, own_ratings, reasons, second_looks, to_check
from core.services.review.own_ratings import OwnFilters
from core.services.training import readiness, runs
from core.store.audit import Wanted
from core.store.tables import Item, LegacyInteraction
from tests import looked
from tests.planted import COLUMNS, everybody, joined, plant, text_columns
from tests.who_may import NEEDS, public_functions

CORE = Path(__file__).parents[2] / "core"


def test_every_text_column_is_planted_or_says_why_not():
    """A new column belongs in tests/planted.py."""
    assert set(COLUMNS) == text_columns()


def reads(workspace, user, planted):
    """What every reading service gives this person, by its name; nothing where the role does not include it."""
    number, discarded = planted.numbers[0], planted.numbers[25]
    asked = {
        "status": lambda: status.status(workspace, user),
        "readiness": lambda: readiness.readiness(workspace, user),
        "browse": lambda: interactions.browse(workspace, user, Filters(), page=0, size=100),
        "browse choices": lambda: interactions.filter_choices(workspace, user),
        "load": lambda: interactions.load(workspace, user, number),
        "history": lambda: [interactions.history(workspace, user, one) for one in (number, discarded)],
        "imports": lambda: importing.recorded(workspace, user),
        "exports": lambda: exporting.listed(workspace, user),
        "own ratings": lambda: own_ratings.listed(workspace, user, OwnFilters(), page=0, size=100),
        "own ratings csv": lambda: own_ratings.as_csv(workspace, user).decode(),
        "disagreements": lambda: [disagreements.listed(workspace, user, one, page=0) for one in Which],
        "gaps": lambda: disagreements.open_gaps(workspace, user),
        "guidelines": lambda: [guidelines.current(workspace, user), guidelines.versions(workspace, user)],
        "reasons": lambda: reasons.counted(workspace, user),
        "queue": lambda: queue.preference(workspace, user),
        "next": lambda: looked.next_item(workspace, user),
        "pairs": lambda: comparing.next_pairs(workspace, user),
        "opened pairs": lambda: opening.standing(workspace, user),
        "items": lambda: [rating.item(workspace, user, one) for one in planted.numbers],
        "same prompt": lambda: rating.same_prompt(workspace, user, number),
        "to check": lambda: to_check.listed(workspace, user),
        "to check of all": lambda: to_check.listed_for_lead(workspace, user),
        "second look": lambda: second_looks.next_look(workspace, user),
        "cases": lambda: cases.listed(workspace, user),
        "conversations": lambda: conversations.offer(workspace, user),
        "keys": lambda: api_keys.listed(workspace, user),
        "versions": lambda: models.listed(workspace, user),
        "old trainings": lambda: models.old_trainings(workspace, user),
        "promotions": lambda: models.promotions(workspace, user),
        "runs": lambda: [runs.history(workspace, user), [runs.run_view(workspace, user, n) for n in (1, 2)]],
        "judges": lambda: [judges.report(workspace, user, one.judge) for one in judges.listed(workspace, user)],
        "acts": lambda: audit_log.acts(workspace, user, Wanted()),
        "acts as csv": lambda: audit_log.as_file(workspace, user, Wanted(), ".csv").decode(),
        "acts as jsonl": lambda: audit_log.as_file(workspace, user, Wanted(), ".jsonl").decode(),
        "forgetting": lambda: erasure.preview_interaction(workspace, user, number),
        "an answer in use": lambda: of_answer.in_use(workspace, user, number),
        "what users wrote": lambda: results.comments(workspace, user, 100),
        "what users said": lambda: [results.measure(workspace, user, by, Apart.WEEK) for by in By],
        "applications": lambda: erasure.applications(workspace, user),
        "forgetting a user": lambda: planted.user and erasure.preview_app_user(workspace, user, *planted.user),
        "forgetting a rater": lambda: erasure.preview_rater(workspace, user, "Sam", ratings_stay=True),
    }
    shown = {}
    for name, ask in asked.items():
        try:
            shown[name] = joined([ask()])
        except NotAllowed:
            assert user.role != "lead", name
    return shown


def test_no_service_hands_out_an_identifier(workspace):
    """For every role; what somebody wrote themselves is theirs."""
    people = everybody(workspace)
    planted = plant(workspace, people)
    with workspace.store.write() as session:  # one more text of a prompt, as other programs store conversations
        row, item = session.get(LegacyInteraction, planted.numbers[29]), session.get(Item, planted.numbers[29])
        row.user_prompt = json.dumps([{"role": "user", "content": row.user_prompt}] * 2)
        item.turns, item.turns_group = None, ""
    assert conversations.offer(workspace, people["lead"]).prompts == 1
    for user in people.values():
        for name, shown in reads(workspace, user, planted).items():
            assert planted.in_it(shown, user.name) == [], (user.role, name)
    lead = reads(workspace, people["lead"], planted)
    for name in ("readiness", "history", "imports", "exports", "runs", "acts", "keys", "promotions", "guidelines"):
        assert " hidden»" in lead[name], name  # else the test above would not look at anything


def test_what_was_revealed_is_seen_by_whoever_revealed_it_alone(workspace):
    """One answer, for one person, and it is in the record; another person and another answer stay hidden."""
    people = everybody(workspace)
    planted = plant(workspace, people)
    sam, lea = people["sme"], people["lead"]
    one, other = planted.numbers[:2]
    looked.reveal(workspace, sam, one)
    assert planted.in_it(joined([rating.item(workspace, sam, one)]), "Sam") == [
        "a name",
        "assay_items.context_id",
        "assay_items.session_label",
        "assay_items.turns",
        "rlhf_interactions.ai_response",
        "rlhf_interactions.user_prompt",
    ]
    assert planted.in_it(joined([rating.item(workspace, sam, other)]), "Sam") == []
    assert (
        planted.in_it(joined([interactions.load(workspace, lea, one), rating.item(workspace, lea, one)]), "Lea") == []
    )
    (act,) = audit_log.acts(workspace, lea, Wanted(action="revealed identifiers"))
    assert (act.subject, act.actor) == (f"interaction {one}", sam.key)


def test_guidelines_and_cases_are_revealed_before_they_are_edited(workspace):
    """Each is recorded, and shows its text to one person."""
    people = everybody(workspace)
    planted = plant(workspace, people)
    lea = people["lead"]
    shown = guidelines.current(workspace, lea)
    with pytest.raises(Conflict, match="hidden in the guidelines"):
        guidelines.save(workspace, lea, shown.markdown + " More.", read=2)
    redaction.reveal_guidelines(workspace, lea, 2)
    assert "assay_guidelines.markdown" in planted.in_it(guidelines.current(workspace, lea).markdown, "Lea")
    assert planted.in_it(joined([guidelines.current(workspace, people["sme"])]), "Sam") == []
    case = next(case for case in cases.listed(workspace, lea) if case.saved_by == "Sam")
    assert sum(case.hidden.values()) == 3
    with pytest.raises(NotAllowed):
        redaction.reveal_case(workspace, people["sme"], case.case_id)
    redaction.reveal_case(workspace, lea, case.case_id)
    revealed = next(one for one in cases.listed(workspace, lea) if one.case_id == case.case_id)
    assert (revealed.hidden, "«" in joined([revealed])) == ({}, False)
    acts = {act.subject for act in audit_log.acts(workspace, lea, Wanted(action="revealed identifiers"))}
    assert acts == {"guidelines 2", f"case {case.case_id}"}


def test_a_session_that_is_shown_masked_can_be_chosen(workspace):
    """The label that Readiness offers leads to the answers that are meant, though it is not what is stored."""
    people = everybody(workspace)
    planted = plant(workspace, people)
    sam = people["sme"]
    check = next(c for c in readiness.readiness(workspace, sam).checks if c.code == "several_sessions")
    assert check.remedy is not None
    assert "hidden»" in check.remedy.session
    queue.choose(workspace, sam, Order.OLDEST, QueueFilters(session_label=check.remedy.session))
    with workspace.store.read() as session:
        kept = session.execute(sql("SELECT filters FROM assay_desks WHERE rater_id = :r"), {"r": sam.rater_id}).scalar()
    assert "555" in str(kept) or "@" in str(kept)
    assert planted.in_it(joined([queue.preference(workspace, sam)]), "Sam") == []
    found, _ = interactions.browse(workspace, people["lead"], Filters(session_label=check.remedy.session), page=0)
    assert {one.interaction_id for one in found} == set(planted.numbers[25:])


GAP = "Ask «phone hidden» about it"
WRITES = {
    "reranking.cases.save": lambda w, u, n: cases.save(w, u, "name", GAP, ["answer"]),
    "cases.save name": lambda w, u, n: cases.save(w, u, GAP, "prompt", ["answer"]),
    "data.interactions.add": lambda w, u, n: interactions.add(w, u, "prompt", GAP),
    "data.add context": lambda w, u, n: interactions.add(w, u, "prompt", "answer", GAP, GAP),
    "data.interactions.edit": lambda w, u, n: looked.edit(w, u, n, "prompt", GAP, withdraw_ratings=False),
    "review.disagreements.mark_gap": lambda w, u, n: looked.mark_gap(w, u, n, GAP),
    "review.guidelines.save": lambda w, u, n: guidelines.save(w, u, GAP, read=0),
    "people.api_keys.create": lambda w, u, n: api_keys.create(w, u, GAP),
    "models.models.promote": lambda w, u, n: models.promote(w, u, "version", reason=GAP),
    "reranking.preferences.keep": lambda w, u, n: preferences.keep(
        w, u, "prompt", ["one", GAP], [0], model_version=None
    ),
    "rating.rating.rate": lambda w, u, n: looked.rate(w, u, n, 4, comment=GAP),
    "rating.rating.skip": lambda w, u, n: looked.skip(w, u, n, reason=GAP),
    "rating.skip comment": lambda w, u, n: looked.skip(w, u, n, comment=GAP),
    "rating.rating.discard": lambda w, u, n: looked.discard(w, u, n, reason=GAP),
    "rating.rating.keep_draft": lambda w, u, n: rating.keep_draft(w, u, n, GAP),
    "rating.better_answers.write": lambda w, u, n: looked.write_better(w, u, n, GAP),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_text_with_gaps_is_not_stored(workspace, name):
    """A copy of what is shown would lose what is behind it: refused in a sentence, and nothing is changed."""
    lea = everybody(workspace)["lead"]
    number = interactions.add(workspace, lea, "prompt", "answer")
    with pytest.raises(BadInput, match=r"holds «phone hidden».*Nothing was changed"):
        WRITES[name](workspace, lea, number)
    dumped = joined(reads(workspace, lea, Numbers([number] * 26)).values())
    assert "phone hidden" not in dumped


@dataclass
class Numbers:
    """Stands for what was planted."""

    numbers: list[int]
    user = ()


def test_every_writing_function_that_takes_texts_refuses_gaps():
    """The exit looks at whatever is handed in; those that look themselves are in the table above, or store nothing."""
    looks_itself = {
        "data.interactions.edit",
        "review.guidelines.save",
        "rating.rating.rate",
        "rating.rating.skip",
        "rating.rating.discard",
        "rating.rating.keep_draft",
        "rating.better_answers.write",
    }
    stores_nothing = {
        "comparisons.opening.open_pairs",
        "data.erasure.app_user",
        "data.erasure.preview_app_user",
        "data.interactions.browse",
        "judges.judges.report",
        "review.own_ratings.listed",
        "people.audit_log.acts",
        "people.audit_log.count",
        "people.audit_log.as_file",
        "people.audit_log.export",
        "rating.queue.choose",
        "rating.second_opinions.ask",
        "reranking.reranking.rank",
        "reranking.reranking.rerank_file",
        "scoring.embedding.embed",
        "scoring.scoring.score_file",
        "reranking.explain.explain",
        "reranking.preferences.count_own",
        "reranking.preferences.withdraw",
        "worth.figures.compare",
        "worth.figures.measure",
    }
    refuses_by_number = {"outcomes.sending.send"}  # tests/services/test_sending.py
    exempt = {name for name, function in public_functions().items() if getattr(function, "takes_gaps", None)}
    assert exempt == looks_itself | stores_nothing | refuses_by_number
    assert looks_itself <= set(WRITES)
    with pytest.raises(BadInput):
        masks_output()(lambda *given: given)({"a": [GAP]})


def test_what_is_stored_with_such_words_may_stay(workspace):
    """An answer that really says it can be edited, and a comment that was stored with it can be saved again."""
    people = everybody(workspace)
    lea = people["lead"]
    number = interactions.add(workspace, lea, "prompt", "answer")
    with workspace.store.write() as session:
        session.execute(sql("UPDATE rlhf_interactions SET ai_response = :t"), {"t": GAP})
    workspace.pick_up(at_once=True)
    looked.edit(workspace, lea, number, "another prompt", GAP, withdraw_ratings=False)
    looked.rate(workspace, lea, number, 3, comment="fine")
    with workspace.store.write() as session:
        session.execute(sql("UPDATE assay_ratings SET comment = :t"), {"t": GAP})
    looked.rate(workspace, lea, number, 4, comment=GAP)


def test_an_imported_row_with_gaps_is_refused(workspace, tmp_path):
    """One's own download holds gaps; imported again it would put them in place of what they stand for."""
    lea = everybody(workspace)["lead"]
    file = tmp_path / "mine.csv"
    file.write_text(f"user_prompt,ai_response,note\nprompt,{GAP},\nprompt,answer,{GAP}\nprompt,another,fine\n")
    *_, done = importing.import_file(workspace, lea, file)
    assert (done.added, done.rejected_total) == (1, 2)
    assert "take the original" in done.rejected[0].reason


def test_a_function_that_forgot_the_exit_does_not_work(workspace):
    """It fails closed: ``require`` refuses, so nothing is read."""

    def forgetful(workspace, user):
        workspace.require(user, NEEDS["data.interactions.load"])
        return "555-123-4567"

    with pytest.raises(RuntimeError, match="needs @masks_output"):
        forgetful(workspace, COMMAND_LINE)
    assert masks_output()(forgetful)(workspace, COMMAND_LINE) == "«phone hidden»"


def test_every_function_that_asks_leads_out_through_the_exit():
    """And the few whose texts leave as they are say why."""
    functions = public_functions()
    assert [name for name in NEEDS if not getattr(functions[name], "masks_output", False)] == []
    assert {name for name, function in functions.items() if getattr(function, "as_is", None)} == {
        "models.models.names",
        "models.models.sample_in_use",
        "people.accounts.lead_names",
        "people.accounts.look_alikes",
        "operations.doctor.examine",
        "outcomes.feedback.give_all",
        "people.api_keys.create",
        "models.models.as_zip",
        "review.own_ratings.as_csv",
        "people.local_names.names",
        "training.retraining.rating_impact",
        "people.audit_log.as_file",
        "reranking.reranking.rank",
        "reranking.reranking.rerank_file",
        "scoring.scoring.score_file",
        "workspace.initialise",
        "finetuning.running.carry_out",
        "finetuning.running.carry_out_next",
        "finetuning.running.tune",
        "training.training.train",
        "training.training.carry_out_next",
        "data.uploads.carry_out_next",
        "data.prepared.content",
        "running.schedule.begin_if_due",
        "running.worker.work",
    }


@pytest.mark.parametrize("word", ["ClearedText(", "mask("])
def test_only_few_modules_decide_what_is_seen(word):
    """Who calls a text settled, or masks by hand, takes it past the exit."""
    allowed = {
        "ClearedText(": {
            "services/data/redaction.py",
            "services/masking.py",
            "services/data/exporting.py",
            "services/data/erasure.py",
            "services/training/registry.py",  # a model's name: Model 3, 28 Nov
        },
        "mask(": {
            "services/data/redaction.py",
            "services/masking.py",
            "domain/identifiers/masking.py",
            "domain/identifiers/session_names.py",
        },
    }[word]
    found = {
        str(file.relative_to(CORE))
        for file in CORE.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.lstrip().startswith(word) or f" {word}" in line or f"({word}" in line or f".{word}" in line
    }
    assert found <= allowed


@dataclass(frozen=True)
class View:
    """What a service might hand out."""

    prompt: str
    rows: list[dict[str, object]]


def test_everything_in_a_view_is_masked():
    """Keys, nested rows, and a name that another text of the same view introduced; what is unknown does not leave."""
    seen = masked(View("My name is Roswitha Quandt.", [{"555-123-4567": 1, "555-123-4568": "Roswitha"}]))
    assert seen.prompt == "My name is «name hidden»."
    assert seen.rows == [{"«phone hidden»": 1, "«phone hidden» (2)": "«name hidden»"}]
    assert type(masked(ClearedText("555-123-4567"))) is str
    assert masked({"date of birth": "12/03/1970"}) == {"date of birth": "«date of birth hidden»"}
    for thing in (object(), b"555-123-4567", (n for n in "1")):
        with pytest.raises(TypeError, match="cannot leave"):
            masked(thing)
    assert originals("«phone hidden» (2)", ["555-123-4567", "555-123-4568"]) == "555-123-4568"


def test_complaints_are_masked_too(workspace):
    """An error that quotes a text, from a function and from a step of one."""

    @masks_output()
    def complains(text: str) -> None:
        raise BadInput(f"Row 3: {text} is no rating.")

    @masks_output()
    def complains_later(text: str):
        yield 1
        raise Conflict(f"Row 3: {text} is no rating.")

    with pytest.raises(BadInput, match=r"Row 3: «phone hidden» is no rating"):
        complains("555-123-4567")
    with pytest.raises(Conflict, match=r"Row 3: «phone hidden» is no rating"):
        list(complains_later("555-123-4567"))
