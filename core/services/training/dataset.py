"""The training set: what a training learns from, what is kept apart, and the champion its model is compared with."""

from dataclasses import dataclass, field, replace
from itertools import starmap
from operator import attrgetter

from core.domain.errors import BadInput, Unavailable
from core.domain.held_out import ENOUGH_PROMPTS, is_held_out
from core.domain.records import Example, Preferred
from core.domain.settings import Settings
from core.reward import artifact
from core.reward.encoding.embedder import Embedder
from core.reward.evaluation.evaluation import leave_out_seen
from core.reward.evaluation.held_out import comparable
from core.reward.evaluation.slices import rated_by_others
from core.reward.model import FittedModel
from core.reward.recipes.registry import TRANSFORMER
from core.reward.training.part import MOST_APART, MOST_LEARNED, RatedQuestion, part_of
from core.services.workspace import Workspace
from core.store.database import Session
from core.store.interactions import exports
from core.store.people import raters
from core.store.reranking import preferences
from core.store.retrying import written
from core.store.training import held_out, statistics, versions

MOST_PREFERENCES = 20_000
"""The newest ones that are learned from, unless TRAIN_LIMIT says otherwise: each has two texts to embed, and a file can
bring hundreds of thousands."""


@dataclass(frozen=True)
class TrainingSet:
    """Data and champion at the start of a training; when they change before its end, its decision does not hold."""

    examples: list[Example]
    """What is learned from."""
    held_out: list[Example]
    """Answers to prompts that no model learns from; empty before that set exists."""
    rated: int
    sample: bool
    champion: str | None
    champion_recipe: str | None
    """Of a champion that learned from the same kind of data: refitted where ``rival`` does not decide."""
    rival: FittedModel | None = field(default=None, repr=False)
    """That champion itself, where there are enough held-out prompts that it was not trained on: ``unseen``."""
    unseen: list[Example] = field(default_factory=list, repr=False)
    champion_groups: frozenset[str] | None = field(default=None, repr=False)
    """Hashes of the prompts that it learned from; None where that is not known."""
    preferred: list[Preferred] = field(default_factory=list, repr=False)
    """Answers that raters ordered: learned from beside the examples where that clearly helps."""
    preferred_apart: int = 0
    """How many more there are on prompts that no model learns from."""
    without_rater: int | None = None
    """Number of the rater who is not learned from: a name could not be forgotten in what is kept of it."""
    consensus: dict[int, float] = field(default_factory=dict, repr=False)
    """By answer, of all that is learned from or kept apart, nobody left out."""
    learned_of: int | None = None
    """How many rated answers there are to learn from, where only a part of them is taken."""

    @property
    def unseen_prompts(self) -> int:
        """On how many prompts the champion itself can be met."""
        return len({example.group for example in self.unseen})

    @property
    def recipe_to_refit(self) -> str | None:
        """The champion's recipe where it is to be refitted out of fold for the comparison.

        Tuned layers would take as long again: a champion that has them is met itself, however few questions there are.
        """
        return None if self.rival_decides or self.champion_recipe == TRANSFORMER.name else self.champion_recipe

    @property
    def rival_decides(self) -> bool:
        """Whether the champion itself is met on so many prompts that nothing else is asked."""
        return self.rival is not None and self.unseen_prompts >= ENOUGH_PROMPTS


def load_training_set(workspace: Workspace, embedder: Embedder, *, without_rater: str | None = None) -> TrainingSet:
    """Read ratings and raters' orders and set the held-out prompts apart; prompts that are new to that set join it.

    Raises:
        BadInput: ``without_rater`` has rated nothing of it.
    """
    settings = workspace.settings
    apart = written(workspace.store, held_out.freeze)
    with workspace.store.read() as session:
        totals = statistics.totals(session, settings.positive_rating_threshold)
        champion = versions.champion(session)
        kept: list[Example] = []
        examples, learned_of = _learned(session, settings, held_out=False if apart else None)
        if apart:
            # an edit by the existing application can move a text to the other side before its grouping follows
            kept = [example for example in _measured(session, settings) if is_held_out(example.group)]
            # rated between the two transactions: it joins with the next training, and is not learned from in this one
            examples = [example for example in examples if not is_held_out(example.group)]
        left_out = None if without_rater is None else raters.find(session, without_rater)
        everything = preferences.for_training(
            session,
            newest=settings.train_limit or MOST_PREFERENCES,
            without_rater=left_out.rater_id if left_out else None,
        )
    before = {example.interaction_id: example.rating for example in [*examples, *kept]}
    if without_rater is not None:
        examples = _without(left_out.name if left_out else without_rater, examples)
    # also where no answer to the prompt is rated yet: it would join the set with the first rating, and be spoilt for it
    preferred = [p for p in everything if not (apart and is_held_out(p.group))]
    # a champion that learned from the sample is no rival for a model of real ratings, and the other way round
    same = champion is not None and champion.sample == totals.sample
    training_set = TrainingSet(
        examples,
        kept,
        totals.rated,
        totals.sample,
        champion=champion.model_version if champion else None,
        champion_recipe=champion.recipe if champion is not None and same else None,
        preferred=preferred,
        preferred_apart=len(everything) - len(preferred),
        without_rater=left_out.rater_id if left_out else None,
        consensus=before,
        learned_of=learned_of,
    )
    if champion is None or not same:
        return training_set
    folder = settings.model_dir / champion.model_version
    try:
        learned = artifact.trained_groups(folder, hashes=champion.hashes, prompts=champion.prompts)
        training_set = replace(training_set, champion_groups=learned)
        unseen, _ = leave_out_seen(kept, learned)
        if not comparable(unseen, positive_threshold=settings.positive_rating_threshold):
            return training_set
        rival = artifact.load(folder, hashes=champion.hashes, encoder=embedder.fingerprint)
    except Unavailable:  # missing, altered, or of another encoder: its recipe can still be fitted anew
        return training_set
    return replace(training_set, rival=rival, unseen=unseen)


def _learned(session: Session, settings: Settings, *, held_out: bool | None) -> tuple[list[Example], int | None]:
    """What is learned from: the newest by TRAIN_LIMIT, else all, of very many a part; and of how many it is a part."""
    if settings.train_limit:
        return exports.examples(session, newest=settings.train_limit, held_out=held_out), None
    questions = _questions(session, settings, held_out=held_out)
    rated = sum(question.answers for question in questions)
    if rated <= MOST_LEARNED:
        return exports.examples(session, held_out=held_out), None
    return exports.examples_of(session, part_of(questions, MOST_LEARNED)), rated


def _measured(session: Session, settings: Settings) -> list[Example]:
    """Answers that are kept apart; of very many a part, the same for every training as long as they stay the same."""
    questions = _questions(session, settings, held_out=True)
    if sum(question.answers for question in questions) <= MOST_APART:
        return exports.examples(session, held_out=True)
    answers, first = 0, []
    for question in sorted(questions, key=attrgetter("group")):  # by their hashes: by chance, and always the same
        answers += question.answers
        if answers > MOST_APART:
            break
        first.append(question.group)
    return exports.examples_of(session, first)


def _questions(session: Session, settings: Settings, *, held_out: bool | None) -> list[RatedQuestion]:
    good_from = settings.positive_rating_threshold
    return list(starmap(RatedQuestion, exports.rated_questions(session, good_from=good_from, held_out=held_out)))


def _without(rater: str, examples: list[Example]) -> list[Example]:
    if not any(name == rater for example in examples for name, _ in example.ratings):
        # no name: the sentence is kept with the training, and in its log, where nobody could be forgotten
        raise BadInput(
            "That rater has rated none of these answers, so there is nothing to leave out. "
            "Who has rated: python -m core agreement"
        )
    return [seen for example in examples if (seen := rated_by_others(rater, example)) is not None]
