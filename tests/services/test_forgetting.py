"""Forgetting takes everything that derives from an answer or a rater, in all tables, or nothing;
and says what stays.
"""

from io import BytesIO

import numpy as np
import pytest
from sqlalchemy import func, select

from core.domain.errors import BadInput, Conflict, NotFound
from core.domain.queue import Order, QueueFilters
from core.domain.roles import COMMAND_LINE, Role
from core.domain.texts import prompt_group, text_hash
from core.labeling.how_to_read import HowToRead
from core.services.data import erasure, exporting, importing, interactions, uploads
from core.services.people import accounts, api_keys, local_names
from core.services.rating import queue, rating
from core.services.reranking import cases, preferences
from core.services.review import guidelines
from core.store.rating import leases, suggestions
from core.store.running import jobs
from core.store.tables import (
    Audit,
    AuditSample,
    AuditSampled,
    Base,
    BetterAnswer,
    Comparison,
    ComparisonEvent,
    ComparisonServing,
    Feedback,
    HeldOutPrompt,
    Identity,
    Item,
    JudgeChoice,
    JudgeScore,
    ModelVersion,
    Preference,
    Promotion,
    Rater,
    Rating,
    Reranking,
    SignIn,
    WorthScore,
)
from core.store.training import runs
from core.store.training.embeddings import DatabaseVectors
from tests import looked, sent
from tests.databases import PATIENCE, added, at_once, finished, lead, rater, start_python

PROMPT, ANSWER, EARLIER = "Zyxwv prompt", "Zyxwv answer", "Zyxwv earlier answer"
NAME, EMAIL = "Zoltan Quux", "zoltan@quux.example"


@pytest.fixture
def ben(workspace):
    """A lead who stays."""
    return rater(workspace, "Ben")


@pytest.fixture
def zoltan(workspace, ben):
    """A lead who is to be forgotten; they signed in once."""
    local_names.rate_as(workspace, "cookie", NAME)
    person = lead(workspace, NAME)
    accounts.set_address(workspace, ben, person.rater_id, EMAIL)
    with workspace.store.write() as session:
        identity = Identity(issuer="https://login", subject="quux-1", rater_id=person.rater_id, name=NAME, email=EMAIL)
        session.add(identity)
        session.flush()
        session.add(SignIn(key="k" * 64, identity_id=identity.identity_id))
    return person


@pytest.fixture
def lived(workspace, ben, zoltan, tmp_path) -> int:
    """An answer after which every table holds something of it and of Zoltan; its number."""
    number = added(workspace, PROMPT, EARLIER)
    looked.edit(workspace, zoltan, number, PROMPT, ANSWER, withdraw_ratings=False)
    looked.rate(workspace, zoltan, number, 1, comment="Zyxwv is wrong")
    looked.rate(workspace, ben, number, 4)
    looked.mark_gap(workspace, zoltan, number, "Zyxwv is unclear")
    other = added(workspace, PROMPT + " too", "Another answer")
    looked.write_better(workspace, zoltan, other, "Another answer, a better one")
    looked.write_better(workspace, zoltan, number, "Zyxwv better answer")
    queue.choose(workspace, zoltan, Order.RANDOM, QueueFilters())
    queue.choose(workspace, ben, Order.RANDOM, QueueFilters())
    looked.next_item(workspace, zoltan)
    with workspace.store.write() as session:
        written = BetterAnswer(interaction_id=number, original_id=other, rater_id=ben.rater_id, request_id="x")
        session.add(written)
        leases.take(session, number, ben.rater_id, "oldest")
        suggestions.replace(session, [(number, "model", 0.5), (other, "model", 0.4)])
        session.add(HeldOutPrompt(prompt_group=prompt_group(PROMPT)))
        run = runs.start(session, "pair", 0, zoltan, "elsewhere:1")
        runs.save_predictions(session, run.run_id, [(number, 0, 0.5), (other, 0, 0.5)])
        runs.add_event(session, run.run_id, "Reported", {"event": "reported", "report": {"raters": [{"name": NAME}]}})
        runs.finish(session, run.run_id, "finished", "done", model_version="v1")
        session.add(
            ModelVersion(
                model_version="v1",
                run_id=run.run_id,
                recipe="pair",
                sha256="0" * 64,
                n=2,
                prompts=2,
                metrics={},
                archived_by=NAME,
            )
        )
        session.add(Promotion(action="promote", by=NAME, model_version="v1", reason="good"))
        for pair in ((number, other), (other, number)):  # of a file, about texts that were other ones then
            texts = {"prompt": "Zyxwv then?", "chosen": "Zyxwv so", "rejected": "Zyxwv or so", "prompt_group": "then"}
            numbers = dict(zip(("chosen_id", "rejected_id"), pair, strict=True))
            session.add(Preference(rater_id=ben.rater_id, pair_hash=str(pair), **texts, **numbers))
        both: list[tuple[int | None, int | None]] = [(number, other), (other, number), (None, None)]
        for at, (first_id, second_id) in enumerate(both):
            texts = {"prompt": PROMPT, "first": "Zyxwv model", "second": "Zyxwv base"} if first_id is None else {}
            opened = Comparison(prompt_group=prompt_group(PROMPT), pair_hash=str(at), served_for="x", raters=2, **texts)
            opened.first_id, opened.second_id = first_id, second_id
            session.add(opened)
            session.flush()
            of_zoltan = {"comparison_id": opened.comparison_id, "rater_id": zoltan.rater_id}
            when = {"taken_at": opened.created_at, "expires_at": opened.created_at, "shown": True}
            said = {"verdict": "first" if at else None, "showing": str(at), "version": str(at), "first_left": True}
            session.add(ComparisonServing(**of_zoltan, **when, **said))
            session.add(ComparisonEvent(**of_zoltan, action="compared", request_id=str(at)))
        drawn = AuditSample(
            requested_by="person 1",
            questions=1,
            certain=0,
            answers=1,
            population_questions=2,
            population_answers=2,
            last_interaction_id=other,
        )
        session.add(drawn)
        session.flush()
        group = prompt_group(PROMPT)
        session.add(AuditSampled(sample_id=drawn.sample_id, interaction_id=number, prompt_group=group, certain=False))
        session.add(WorthScore(interaction_id=number, model_version="v1", score=0.5))
        session.add(JudgeScore(interaction_id=number, judge="judge", score=1.0))
        for first, second in ((number, other), (other, number)):
            choice = JudgeChoice(judge="judge", first_id=first, second_id=second, outcome="first", people="tie")
            session.add(choice)
    sent.occurrence(workspace, number, "a-1", generator="Zyxwv generator")
    sent.thumb(workspace, number, up=False, user="u-1", prompt_group=group, comment="Zyxwv is no help")
    sent.thumb(workspace, other, up=False, user="u-1", comment="Another one is no help")
    rating.keep_draft(workspace, ben, number, "Zyxwv, I think")
    rating.keep_draft(workspace, zoltan, other, "not yet")
    vectors = DatabaseVectors(workspace.store)
    for text in (PROMPT, ANSWER, EARLIER, f"{PROMPT} </s> {ANSWER}", "Another answer"):
        vectors.put("encoder", {text_hash(text): np.ones((1, 3), dtype=np.float32)})
    cases.save(workspace, zoltan, "a case", PROMPT.upper(), [ANSWER, "x"])
    preferences.keep(workspace, zoltan, PROMPT, [ANSWER, "x"], [0], model_version=None)
    preferences.keep(workspace, ben, "Another question", ["a", "b"], [0], model_version=None)
    guidelines.save(workspace, zoltan, "Rate well.", read=0)
    api_keys.create(workspace, zoltan, "a program")
    file = tmp_path / "again.csv"
    file.write_text(f"user_prompt,ai_response,rating,rater\nold,old,2,{NAME}\n")
    list(importing.import_file(workspace, COMMAND_LINE, file))
    with workspace.store.write() as session:
        jobs.begin(session, "embedding", {}, zoltan, for_worker=True)
    brought = uploads.take(workspace, zoltan, "more.csv", BytesIO(b"user_prompt,ai_response\nnew,new\n"))
    uploads.start_check(workspace, zoltan, brought, HowToRead())
    uploads.start_import(workspace, zoltan, brought)
    file.write_text(f"user_prompt,ai_response,rating,rater\nold,old,4,{NAME}\n")
    list(importing.import_file(workspace, COMMAND_LINE, file))
    exporting.export(workspace, COMMAND_LINE, "gold", tmp_path / "gold.csv")
    exporting.export(workspace, COMMAND_LINE, "ratings", tmp_path / "ratings.csv")
    return number


def referring(name: str) -> dict:
    """Every table with a column that refers to an interaction or a rater: ``name`` is the column's."""
    return {table.name: table.c[name] for table in Base.metadata.sorted_tables if name in table.c}


def dump(workspace, *, but: tuple[str, ...] = ()) -> str:
    """Everything in the database."""
    with workspace.store.read() as session:
        return "\n".join(
            f"{table.name}: {session.execute(select(table)).all()}"
            for table in Base.metadata.sorted_tables
            if table.name not in but
        )


def counts(workspace, columns: dict, value: int) -> dict[str, int]:
    """How many rows of each of these tables refer to this number."""
    with workspace.store.read() as session:
        return {
            name: session.scalar(select(func.count()).where(column == value)) or 0 for name, column in columns.items()
        }


def test_every_table_that_refers_to_an_answer_or_a_rater_is_known(workspace, lived, zoltan):
    """The fixture fills each of them. A new table with such a column fails here until it is filled, and then below
    until it is forgotten; a column that refers under another name fails at once.
    """
    for name, others, target, value in (
        (
            "interaction_id",
            {"chosen_id", "rejected_id", "first_id", "second_id"},
            ("rlhf_interactions", "assay_items"),
            lived,
        ),
        ("rater_id", set(), ("assay_raters",), zoltan.rater_id),
    ):
        for column in {name} | others:
            assert all(counts(workspace, referring(column), value).values())
        pointing = {
            key.parent
            for table in Base.metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name in target
        }
        assert {column.name for column in pointing} == {name} | others


def test_an_answer_is_gone_from_all_tables(workspace, lived, ben):
    """No row refers to it, its words are nowhere, and what is somebody else's is still there."""
    before = erasure.preview_interaction(workspace, ben, lived)
    assert dump(workspace).count("Zyxwv") > 10
    done = looked.forget(workspace, ben, lived)
    assert done.goes == before.goes
    assert done.remains == before.remains
    assert (before.done, done.done) == (False, True)
    assert not any(counts(workspace, referring("interaction_id"), lived).values())
    for other in ("original_id", "chosen_id", "rejected_id", "first_id", "second_id"):
        assert not any(counts(workspace, referring(other), lived).values())
    left = dump(workspace)
    assert "Zyxwv" not in left.replace(f"{PROMPT} too", "")
    assert "Another answer" in left
    assert "Another question" in left
    for text in (PROMPT, ANSWER, EARLIER, f"{PROMPT} </s> {ANSWER}"):
        assert text_hash(text) not in left
    assert text_hash("Another answer") in left
    said = " ".join(done.remains)
    assert "Models that learned from it: v1." in said
    assert "gold.csv" in said
    assert "ratings.csv" in said


def test_the_record_of_forgetting_holds_numbers_only(workspace, lived, ben):
    """Who forgot what, and how many rows of which part."""
    looked.forget(workspace, ben, lived)
    with workspace.store.read() as session:
        (act,) = session.query(Audit).filter(Audit.action == "forgot")
        assert (act.actor, act.subject) == (ben.key, f"interaction {lived}")
        assert act.new["lines of rating history"] == 2
        assert all(isinstance(number, int) for number in act.new.values())


def test_nothing_of_it_is_left_in_the_file(workspace, lived, ben):
    """SQLite overwrites what it deletes; the words are in neither of its files."""
    if not workspace.store.is_sqlite:
        return
    looked.forget(workspace, ben, lived)
    for file in workspace.settings.home.glob("assay.db*"):
        assert ANSWER.encode() not in file.read_bytes(), file


def test_an_answer_that_was_deleted_before_can_be_forgotten(workspace, lived, ben):
    """Deleting keeps texts and history apart; forgetting takes those too, and then there is nothing to forget."""
    looked.delete(workspace, ben, lived)
    assert ANSWER in dump(workspace)
    looked.forget(workspace, ben, lived)
    assert "Zyxwv" not in dump(workspace).replace(f"{PROMPT} too", "")
    for act in (erasure.preview_interaction, looked.forget):
        with pytest.raises(NotFound, match="Nothing was changed"):
            act(workspace, ben, lived)


def test_an_answer_that_the_old_application_needs_stays_whole(workspace, lived, ben, old_app):
    """Its own table refers to it: nothing is changed, and the sentence says where to begin."""
    old_app.run(
        "CREATE TABLE flagged (id INTEGER, interaction_id INTEGER REFERENCES rlhf_interactions(interaction_id))"
    )
    old_app.run("INSERT INTO flagged VALUES (1, ?)", lived)
    before = dump(workspace)
    with pytest.raises(Conflict, match="refers to this answer"):
        looked.forget(workspace, ben, lived)
    assert dump(workspace) == before
    old_app.run("DROP TABLE flagged")


@pytest.mark.every_database
@pytest.mark.parametrize("ratings_stay", [True, False])
def test_a_name_is_gone_from_all_tables(workspace, lived, ben, zoltan, ratings_stay):
    """Name and address are nowhere, whatever stays; nobody can be this person any more."""
    before = erasure.preview_rater(workspace, ben, NAME, ratings_stay=ratings_stay)
    assert dump(workspace).count(NAME) > 8
    done = erasure.rater(workspace, ben, zoltan.rater_id, ratings_stay=ratings_stay)
    assert done.goes == before.goes
    assert done.remains == before.remains
    left = dump(workspace)
    assert "quux" not in left.casefold()
    assert local_names.user_of(workspace, "cookie") is None
    assert [person.name for person in accounts.listed(workspace, ben)] == ["Ben"]
    number = f"Rater {zoltan.rater_id}"
    with pytest.raises(Conflict):
        local_names.rate_as(workspace, "another cookie", number)
    for again in (NAME, number):
        with pytest.raises(NotFound):
            erasure.rater(workspace, ben, again, ratings_stay=False)
    with workspace.store.read() as session:
        (report,) = [event.payload for event in runs.events(session, 1) if event.kind == "Reported"]
        assert report["report"]["raters"] == [{"name": number}]


def test_a_rater_who_is_forgotten_takes_their_ratings_along(workspace, lived, ben, zoltan, old_app):
    """No row refers to them but their number; consensus and mirror are those of the others."""
    erasure.rater(workspace, ben, zoltan.rater_id, ratings_stay=False)
    left = counts(workspace, referring("rater_id"), zoltan.rater_id)
    assert {name for name, number in left.items() if number} == {"assay_raters"}
    with workspace.store.read() as session:
        item = session.get(Item, lived)
        assert (item.consensus, item.n_ratings) == (4, 1)
    assert old_app.run("SELECT rating, feedback_comment FROM rlhf_interactions WHERE interaction_id = ?", lived) == [
        (4, None)
    ]
    assert "Zyxwv is wrong" not in dump(workspace)


def test_a_rater_under_a_number_keeps_their_ratings(workspace, lived, ben, zoltan):
    """The consensus is what it was; history and ratings say the number."""
    erasure.rater(workspace, ben, NAME, ratings_stay=True)
    with workspace.store.read() as session:
        assert session.get(Item, lived).consensus == 2.5
        assert session.query(Rating).filter(Rating.rater_id == zoltan.rater_id).count() == 2
        assert session.get(Rater, zoltan.rater_id).name == f"Rater {zoltan.rater_id}"
    assert f"Rater {zoltan.rater_id}" in {line.rater for line in interactions.history(workspace, ben, lived)}


def test_who_cannot_be_forgotten(workspace, ben):
    """The last lead, names of nobody, and anything while a training holds the texts."""
    looked.rate(workspace, ben, number := added(workspace), 4)
    with pytest.raises(Conflict, match="last lead"):
        erasure.rater(workspace, ben, "Ben", ratings_stay=True)
    assert accounts.find(workspace, ben, "Ben").role is Role.LEAD
    with workspace.store.write() as session:
        session.add(Rater(name="imported", name_key="imported", kind="imported"))
    with pytest.raises(BadInput, match="nobody"):
        erasure.rater(workspace, ben, "imported", ratings_stay=False)
    lead(workspace, "Lea")
    with workspace.store.write() as session:
        runs.start(session, "pair", 0, "Ben", "elsewhere:1")
    for act in (
        lambda: erasure.rater(workspace, ben, "Ben", ratings_stay=False),
        lambda: looked.forget(workspace, ben, number),
    ):
        with pytest.raises(Conflict, match="training is running"):
            act()


def test_a_name_that_came_with_data_can_be_forgotten(workspace, ben, tmp_path):
    """Whoever is named in a file is a person too."""
    file = tmp_path / "rows.csv"
    file.write_text(f"user_prompt,ai_response,rating,rater\na,b,2,{NAME}\n")
    list(importing.import_file(workspace, COMMAND_LINE, file))
    erasure.rater(workspace, ben, NAME, ratings_stay=True)
    assert NAME not in dump(workspace)


def test_killed_in_the_middle_everything_is_as_it_was(workspace, lived, ben, environ):
    """The process dies after half of the parts went: nothing of it was kept, and a second try finishes it."""
    before = dump(workspace)
    process = start_python(
        """
        import os, sys
        from core.domain.roles import COMMAND_LINE
        from tests import looked, sent
        from core.services.workspace import open_workspace
        from core.store.erasure import answers
        workspace, done = open_workspace(), []
        remove = answers.Part.remove
        def half(part, session):
            remove(part, session)
            session.flush()
            done.append(part)
            if len(done) == 6:
                os._exit(9)
        answers.Part.remove = half
        looked.forget(workspace, COMMAND_LINE, int(sys.argv[1]))
        """,
        environ,
        lived,
    )
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 9
    assert dump(workspace) == before
    looked.forget(workspace, ben, lived)
    assert not any(counts(workspace, referring("interaction_id"), lived).values())


def test_whoever_rates_at_the_same_moment_comes_first_or_finds_it_gone(workspace, lived, ben, environ):
    """Rating and forgetting started together: whichever wins, nothing of the answer is left."""
    code = """
        import sys
        from core.domain.errors import Collision, NotFound
        from core.domain.roles import COMMAND_LINE
        from core.services.people import local_names
        from core.services.rating import rating
        from core.services.workspace import open_workspace
        from tests import looked, sent
        workspace, number = open_workspace(), int(sys.argv[1])
        lea = local_names.rate_as(workspace, "cookie of Lea", "Lea")
        print("ready", flush=True)
        sys.stdin.readline()
        if sys.argv[2] == "forget":
            looked.forget(workspace, COMMAND_LINE, number)
        for value in (1, 2, 3, 4, 5) * 4 if sys.argv[2] == "rate" else ():
            try:
                looked.rate(workspace, lea, number, value, comment="Zyxwv again")
                rating.keep_draft(workspace, lea, number, "Zyxwv still")
            except (NotFound, Collision):
                break
        """
    processes = [start_python(code, environ, lived, what) for what in ("rate", "forget")]
    at_once(processes)
    finished(processes)
    assert not any(counts(workspace, referring("interaction_id"), lived).values())
    assert "Zyxwv" not in dump(workspace).replace(f"{PROMPT} too", "")


def feedback(workspace) -> list[tuple[int | None, str | None, str | None]]:
    """Every feedback: what it is about, its comment, and the hash of its question."""
    with workspace.store.read() as session:
        rows = session.query(Feedback).order_by(Feedback.feedback_id)
        return [(one.interaction_id, one.comment, one.question) for one in rows]


@pytest.mark.every_database
def test_what_users_said_of_a_ranking_goes_with_the_answer_they_chose(workspace, ben):
    """In a ranking that was kept: the choice of this answer goes, that of another stays without its question's hash."""
    number, other = added(workspace, PROMPT, ANSWER), added(workspace, "Another question", "Another answer")
    for index, answer in enumerate((other, number)):
        sent.occurrence(workspace, answer, f"r1:{index}")
        sent.thumb(
            workspace,
            None,
            up=True,
            kind="chosen",
            value=index,
            rerank_id="r1",
            comment=f"took {index}",
            prompt_group=prompt_group(PROMPT),
        )
    with workspace.store.write() as session:
        question = session.query(Feedback.question).distinct().scalar()
        counts = {"candidates": 2, "milliseconds": 1.0, "fallback": False}
        session.add(Reranking(source="api", rerank_id="r1", question=question, **counts))
    before = erasure.preview_interaction(workspace, ben, number)
    done = looked.forget(workspace, ben, number)
    assert (done.goes, done.remains) == (before.goes, before.remains)
    assert done.goes["feedback of users about it"] == 1
    assert feedback(workspace) == [(None, "took 0", None)]
    with workspace.store.read() as session:
        assert (session.query(Reranking.rerank_id).scalar(), session.query(Reranking.question).scalar()) == ("r1", None)


def test_the_hash_of_a_question_that_others_ask_too_stays(workspace, ben):
    """An interval is over questions, and this one is still there."""
    number, other = added(workspace, PROMPT, ANSWER), added(workspace, PROMPT, "Another answer")
    for answer in (number, other):
        sent.thumb(workspace, answer, up=True, prompt_group=prompt_group(PROMPT))
    looked.forget(workspace, ben, number)
    ((about, _, question),) = feedback(workspace)
    assert about == other
    assert question


@pytest.mark.every_database
def test_a_user_of_an_application_is_forgotten_and_dislikes_are_counted_anew(workspace, ben):
    """Their words go and nobody else's: not those of a user of the same id elsewhere, nor those without a user."""
    number, other = added(workspace, PROMPT, ANSWER), added(workspace, PROMPT, "Another answer")
    sent.thumb(workspace, number, up=False, user="patient 12", comment="mine")
    sent.thumb(workspace, other, up=True, user="patient 12")
    sent.thumb(workspace, number, up=False, user="patient 1", comment="of another user")
    sent.thumb(workspace, number, up=False, user="patient 12", application="ward", comment="of another application")
    sent.thumb(workspace, number, up=False, comment="of nobody")
    before = erasure.preview_app_user(workspace, ben, "clinic", "patient 12")
    assert before.goes == {"feedback of this user": 2, "of them with a comment": 1}
    assert len(feedback(workspace)) == 5
    done = erasure.app_user(workspace, ben, "clinic", "patient 12")
    assert (done.goes, done.remains) == (before.goes, before.remains)
    assert [said for _, said, _ in feedback(workspace)] == ["of another user", "of another application", "of nobody"]
    with workspace.store.read() as session:
        assert [session.get(Item, one).disliked for one in (number, other)] == [3, 0]
        (act,) = session.query(Audit).filter(Audit.action == "forgot")
        assert (act.actor, act.new) == (ben.key, {"feedback of this user": 2, "of them with a comment": 1})
        assert "patient" not in f"{act.subject} {act.old}"
    for again in (erasure.preview_app_user, erasure.app_user):
        with pytest.raises(NotFound, match="Nothing was changed"):
            again(workspace, ben, "clinic", "patient 12")


def test_an_application_is_meant_as_it_is_shown(workspace, ben):
    """Its name may hold an identifier, which is hidden wherever it is offered and named."""
    named = "ward of jane.roe@patients.example.org"
    sent.thumb(workspace, added(workspace), up=False, user="u", application=named)
    (shown,) = erasure.applications(workspace, ben)
    assert "hidden»" in shown
    done = erasure.app_user(workspace, ben, shown, "u")
    assert (done.goes, done.subject) == ({"feedback of this user": 1}, f"a user of {shown}")
    assert not [sentence for sentence in done.remains if "jane" in sentence]


def test_forgetting_a_user_of_whom_nothing_was_ever_said(workspace, ben):
    """Before the first feedback there is no key of hashes, and none is drawn."""
    with pytest.raises(NotFound, match="No feedback of this user"):
        erasure.app_user(workspace, ben, "clinic", "x")
    assert dump(workspace, but=("assay_raters",)).count("outcome") == 0


def test_nothing_that_a_forgotten_user_wrote_is_left_in_the_file(workspace, ben):
    """As with an answer: neither in the tables nor in the bytes that they stood in."""
    if not workspace.store.is_sqlite:
        return
    sent.thumb(workspace, added(workspace, PROMPT, ANSWER), up=False, user="u", comment="Zyxwv was no help")
    erasure.app_user(workspace, ben, "clinic", "u")
    for file in workspace.settings.home.glob("assay.db*"):
        assert b"Zyxwv was no help" not in file.read_bytes(), file


def test_the_same_number_of_users_is_counted_as_disliking_however_often_they_say_it(workspace):
    """One user, two answers' worth of words: a low score and a thumb count once, earlier words and high scores not."""
    number = added(workspace, PROMPT, ANSWER)
    sent.thumb(workspace, number, up=False, user="a")
    sent.thumb(workspace, number, up=False, user="a", kind="score", value=2, target="ranking r 0")
    sent.thumb(workspace, number, up=False, user="b", kind="score", value=3)
    sent.thumb(workspace, number, up=False, user="c", latest=False)
    sent.thumb(workspace, number, up=True, kind="chosen", value=0)
    with workspace.store.read() as session:
        assert session.get(Item, number).disliked == 1
