"""Whether an LLM judge can be relied on: what is known of each, and its figures."""

from dataclasses import dataclass
from typing import Any

from core.domain.errors import NotFound
from core.domain.roles import Act, User
from core.reward.judges.calibration import ScoreMap
from core.reward.judges.figures import JudgeFigures, measure
from core.reward.judges.verdict import verdict
from core.services.kept_figures import Kind
from core.services.masking import masks_output, originals
from core.services.workspace import Workspace
from core.store.judges import scores
from core.store.judges.scores import JudgeCount

NAMED = 20
"""Judges that are named where one is not found; a file may bring a thousand."""


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """One judge: the sentence, and the figures behind it."""

    judge: str
    verdict: str
    figures: JudgeFigures

    @property
    def passes(self) -> bool:
        """Whether the judge is better than chance, on enough questions."""
        return self.figures.better_than_chance


@masks_output()
def listed(workspace: Workspace, user: User) -> list[JudgeCount]:
    """Every judge of whom anything is known, by name."""
    workspace.require(user, Act.READ_DATA)
    workspace.pick_up()
    return _known(workspace)


@masks_output(takes_gaps="a judge's name as it was shown stands for the one that is meant")
def report(workspace: Workspace, user: User, judge: str) -> JudgeReport:
    """Measure one judge on all ratings as they are now.

    Raises:
        NotFound: nothing is known of such a judge; the sentence names those that are known.
    """
    workspace.require(user, Act.READ_DATA)
    workspace.pick_up()
    known = [one.judge for one in _known(workspace)]
    name = originals(judge, known)
    if name not in known:
        raise NotFound(f"There is no judge {judge!r}. {_those(known)}")
    figures = workspace.figures.get(workspace.store, Kind.JUDGES, ("of", name), lambda: _measured(workspace, name))
    return JudgeReport(name, verdict(name, figures), figures)


def _known(workspace: Workspace) -> list[JudgeCount]:
    return workspace.figures.get(workspace.store, Kind.JUDGES, ("counted",), lambda: _counted(workspace))


def _counted(workspace: Workspace) -> list[JudgeCount]:
    with workspace.store.read() as session:
        return scores.counted(session)


def _measured(workspace: Workspace, judge: str) -> JudgeFigures:
    with workspace.store.read() as session:
        judged, choices = scores.judged(session, judge), scores.choices(session, judge)
    return measure(judged, choices)


def to_json(found: JudgeReport) -> dict[str, Any]:
    """As ``judge NAME --json`` prints it."""
    figures = found.figures
    beside = figures.beside
    return {
        "judge": found.judge,
        "verdict": found.verdict,
        "better_than_chance": figures.better_than_chance,
        "upside_down": figures.upside_down,
        "scores": figures.scores,
        "answers": figures.answers,
        "questions": figures.questions,
        "pairs": figures.pairs,
        "right_order": figures.right_order.to_json(),
        "beside_experts": {
            "judge": beside.judge.to_json(),
            "experts": beside.experts.to_json(),
            "difference": beside.difference.to_json(),
            "pairs": beside.pairs,
        },
        "experts": [
            {"rater": one.rater, "pairs": one.pairs, "judge": one.judge.to_json(), "expert": one.expert.to_json()}
            for one in figures.experts
        ],
        "prefers_longer": figures.longer.to_json(),
        "length_alone": figures.length_alone.to_json(),
        "prefers_first": figures.first.to_json(),
        "map": None if figures.map is None else _map(figures.map),
        "apart": [
            {
                "interaction_id": one.interaction_id,
                "score": one.score,
                "reads_as": one.reads_as,
                "rating": one.rating,
            }
            for one in figures.apart
        ],
    }


def _map(found: ScoreMap) -> dict[str, Any]:
    return {
        "points": [list(point) for point in found.points],
        "error": found.error.to_json(),
        "error_of_mean": found.error_of_mean.to_json(),
    }


def _those(known: list[str]) -> str:
    if not known:
        return (
            "No scores of any judge are here yet; bring them with a file that has a column judge:NAME, or with "
            "POST /v1/interactions."
        )
    further = f" and {len(known) - NAMED:,} more" if len(known) > NAMED else ""
    return f"Known are: {', '.join(known[:NAMED])}{further}."
