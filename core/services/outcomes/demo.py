"""A week of made feedback on the sample, so that somebody who looks around sees what it leads to."""

import random
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from core.domain.errors import Conflict
from core.domain.outcomes.feedback import Kind, Said
from core.domain.roles import Act, User
from core.services.masking import masks_output
from core.services.reranking import reranking
from core.services.workspace import Workspace
from core.store import audit
from core.store.interactions.interactions import only_sample
from core.store.outcomes import demo
from core.store.outcomes.demo import MadeAnswer, MadeRanking, SampleAnswer
from core.store.retrying import retried
from core.store.training import versions
from core.store.types import now

SEED = 0
WEEK = timedelta(days=7)
USERS = 90
RANKINGS = 300
SAYS_SOMETHING = 0.6
"""Share of rankings and answers of which a user says something."""
LIKED = {1: 0.1, 2: 0.25, 3: 0.5, 4: 0.8, 5: 0.9}
"""How often users like an answer, by what experts say of it; of an unrated one as of a 3."""
COMMENTS = ("Too vague.", "This does not answer my question.", "Too long.", "I could not follow this.")


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    rankings: int
    answers: int
    feedback: int

    def to_json(self) -> dict[str, int]:
        """As ``sample feedback --json`` prints it."""
        return asdict(self)


@masks_output()
@retried
def make_feedback(workspace: Workspace, user: User) -> Made:
    """Make a week of feedback of an application called ``demo`` on the sample, the same for the same model.

    The rankings are those of the model in use; what users say of them is drawn. Removing the sample removes it.

    Raises:
        NotAllowed: the role does not include it.
        Conflict: there is own data, or no model that learned from the sample, or such feedback is there already.
    """
    workspace.require(user, Act.CHANGE_DATA)
    with workspace.store.read() as session:
        champion = versions.champion(session)
        found = demo.sample_answers(session)
        if not found or not only_sample(session):
            raise Conflict("Feedback is made for the sample alone. Nothing was changed; load the sample first.")
        if champion is None or not champion.sample:
            raise Conflict("No model that learned from the sample is in use. Nothing was changed; train one first.")
        if demo.is_made(session):
            raise Conflict("There is made feedback already. Nothing was changed.")
    draw = random.Random(SEED)
    people = {f"user {number}": draw.uniform(-0.15, 0.15) for number in range(1, USERS + 1)}
    since = now() - WEEK
    by_prompt = defaultdict[str, list[SampleAnswer]](list)
    for answer in found:
        by_prompt[answer.prompt_group].append(answer)
    rankings = [
        _ranked(workspace, user, number, draw.choice(list(by_prompt.values())), _moment(draw, since), draw)
        for number in range(1, RANKINGS + 1)
    ]
    answers = [
        MadeAnswer(
            f"demo-answer-{answer.interaction_id}",
            _moment(draw, since),
            answer.interaction_id,
            demo.GENERATORS[place % len(demo.GENERATORS)],
        )
        for place, answer in enumerate(found)
    ]
    said = [_of_ranking(ranking, draw, people) for ranking in rankings if draw.random() < SAYS_SOMETHING]
    said += [
        _of_answer(given, answer, draw, people)
        for given, answer in zip(answers, found, strict=True)
        if draw.random() < SAYS_SOMETHING
    ]
    made = Made(len(rankings), len(answers), len(said))
    with workspace.store.write() as session:
        demo.add(session, rankings, answers, said)
        audit.write(session, user, "made feedback", "sample", new=made.to_json())
    return made


@masks_output()
def is_made(workspace: Workspace, user: User) -> bool:
    """Whether there is made feedback, which pages then say beside it."""
    workspace.require(user, Act.LOOK)
    with workspace.store.read() as session:
        return demo.is_made(session)


def _ranked(
    workspace: Workspace, user: User, number: int, found: list[SampleAnswer], at: datetime, draw: random.Random
) -> MadeRanking:
    """The answers to one prompt as they might come in, in any order, ranked by the model in use."""
    answers = draw.sample(found, len(found))
    began = time.perf_counter()
    ranking = reranking.rank(workspace, user, answers[0].prompt, [answer.text for answer in answers])
    milliseconds = round(1000 * (time.perf_counter() - began), 1)
    if ranking.model_version is None:
        raise Conflict(f"{ranking.reason} Nothing was changed.")
    return MadeRanking(demo.ranking_id(number), at, answers, ranking.model_version, ranking.order[0], milliseconds)


def _of_ranking(ranking: MadeRanking, draw: random.Random, people: dict[str, float]) -> tuple[datetime, Said]:
    """What a user says of the answer that came first; now and then, which one they took."""
    who = draw.choice(list(people))
    liked = _likes(ranking.answers[ranking.first], draw, people[who])
    about = f"of {ranking.rerank_id}"
    if draw.random() < 0.3:
        others = [place for place in range(len(ranking.answers)) if place != ranking.first]
        taken = ranking.first if liked or not others else draw.choice(others)
        return ranking.at, Said(Kind.CHOSEN, taken, rerank=ranking.rerank_id, user=who, id=about)
    comment = None if liked or draw.random() < 0.7 else draw.choice(COMMENTS)
    said = Said(Kind.THUMB, int(liked), rerank=ranking.rerank_id, comment=comment, user=who, id=about)
    return ranking.at, said


def _of_answer(
    given: MadeAnswer, answer: SampleAnswer, draw: random.Random, people: dict[str, float]
) -> tuple[datetime, Said]:
    """A thumb or a score for an answer that was not ranked."""
    who = draw.choice(list(people))
    liked = _likes(answer, draw, people[who])
    about = f"of {given.caller_id}"
    if draw.random() < 0.3:
        score = draw.choice((4, 5) if liked else (1, 2, 3))
        return given.at, Said(Kind.SCORE, score, interaction=given.caller_id, user=who, id=about)
    return given.at, Said(Kind.THUMB, int(liked), interaction=given.caller_id, user=who, id=about)


def _likes(answer: SampleAnswer, draw: random.Random, leaning: float) -> bool:
    return draw.random() < LIKED[round(answer.consensus or 3)] + leaning


def _moment(draw: random.Random, since: datetime) -> datetime:
    return since + draw.random() * WEEK
