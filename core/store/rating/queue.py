"""The queue: which answer a rater gets next. An answer is served to no more raters than it wants ratings.

Every query here walks an index of what still waits (``places > 0``) and stops at the first answer that fits, so a pick
costs the same with a million interactions as with a hundred.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from core.domain.queue import MOST_COUNTED, RANDOM_EVERY, RANDOM_KEYS, Chosen, Order, QueueFilters, QueueSettings
from core.domain.ratings import RatingStatus
from core.domain.records import Interaction
from core.store.interactions import interactions
from core.store.interactions.interactions import only_sample
from core.store.rating import leases, showings
from core.store.tables import (
    BetterAnswer,
    Draft,
    Item,
    Lease,
    LegacyInteraction,
    QueuePreference,
    Rater,
    Rating,
    Suggestion,
)
from core.store.types import now
from core.store.upsert import insert_missing

WAITING = Item.places > literal_column("0")  # written out: SQLite uses a partial index only for the very same condition
HAS_RATING = Item.n_ratings > literal_column("0")
DISLIKED = Item.disliked > literal_column("0")
SERVED_FIRST = Item.n_ratings < Item.served_first
"""In the audit sample or asked for by a lead, and without the rating that it waits for."""
WENT_WRONG = or_(DISLIKED, Item.abstained)
FEW = 200
FEW_RATED = 20_000
"""Rated answers up to which what makes a pair is looked for from them on."""
COMES_BACK = (RatingStatus.SKIPPED, RatingStatus.WITHDRAWN, RatingStatus.NOTED)


@dataclass(frozen=True, slots=True)
class ItemToRate:
    """An interaction, what this rater said of it before, and what was typed and not yet saved."""

    interaction: Interaction
    rating: int | None
    comment: str
    bias_flag: bool
    request_id: str | None = None
    """What requests for this showing carry, the same after a reload; None where it is not kept for the rater."""
    showing: str | None = None
    """What says, with an act, which text was shown; None until that is noted."""
    draft: str | None = None
    draft_flag: bool = False
    shown: bool = True
    """Whether it was on the screen; else it is kept for when what is there is done."""
    reasons: tuple[str, ...] = ()
    """The short reasons that go with the rating."""
    draft_reasons: tuple[str, ...] = ()

    @property
    def unsaved(self) -> tuple[str, bool]:
        """Comment and flag to begin with: what was typed and not saved, else what was saved."""
        return (self.comment, self.bias_flag) if self.draft is None else (self.draft, self.draft_flag)


def preference(session: Session, rater_id: int) -> tuple[Order, QueueFilters]:
    """How this rater wants the queue."""
    found = session.get(QueuePreference, rater_id)
    return (Order(found.order), QueueFilters(**found.filters)) if found else (Order.OLDEST, QueueFilters())


def set_preference(session: Session, rater_id: int, order: Order, filters: dict[str, object]) -> None:
    """Set how this rater wants the queue; what was kept for them is given back, so that the next pick follows it."""
    preferred = _locked_preference(session, rater_id)
    preferred.order, preferred.filters = order, filters
    leases.end_all(session, rater_id)


def kept(session: Session, rater_id: int) -> list[int] | None:
    """What ``next_items`` would find for an empty screen, where nothing is to be written for it, as after a reload."""
    held = select(Lease).join(Item, Item.interaction_id == Lease.interaction_id).where(Lease.rater_id == rater_id)
    open_now = held.where(Lease.expires_at > now(), *_open_for(rater_id, _scope(session, rater_id)))
    first, rest = _in_turn(session.scalars(open_now.order_by(*leases.IN_TURN)).all(), None)
    if first is None or not rest:
        return None
    return [first.interaction_id, rest[0].interaction_id]


def next_items(session: Session, rater_id: int, on_screen: int | None) -> list[int]:
    """Keep for this rater what is on their screen, and one answer ahead of it; needs a writing session.

    What is on the screen counts as served from now on. ``on_screen`` is None where nothing is: then the first of what
    is found is shown at once.
    """
    # locked: two tabs of one rater come one after the other, to the same answers
    preferred = _locked_preference(session, rater_id)
    scope = _scope(session, rater_id)
    first, rest = _in_turn(_resume(session, rater_id, scope), on_screen)
    if first is None and on_screen is None:
        first = rest.pop(0) if rest else _take(session, preferred, scope, ahead=False)
    for lease in [one for one in (first, *rest[:1]) if one is not None]:
        leases.renew(lease)
    if first is not None and not first.shown:
        first.shown = True
        preferred.served += 1
    shown = {first.interaction_id} if first is not None else set()
    if on_screen is not None:
        shown.add(on_screen)
    if shown and not rest:
        beside = [*scope, Item.interaction_id.not_in(shown)]
        following = _take(session, preferred, beside, ahead=True)
        rest = [following] if following is not None else []
    return [lease.interaction_id for lease in (first, *rest[:1]) if lease is not None]


def take_also(session: Session, rater_id: int, interaction_ids: Sequence[int]) -> set[int]:
    """Keep those of these answers for this rater that wait for them, as the other answers to a prompt on the screen.

    Which these are.
    """
    preferred = _locked_preference(session, rater_id)
    scope = _scope(session, rater_id)
    found = set()
    for interaction_id in sorted(interaction_ids):
        if _lock(session, interaction_id, rater_id, scope):
            lease = session.get(Lease, (interaction_id, rater_id))
            if lease is None:
                lease = leases.take(session, interaction_id, rater_id, Chosen.PROMPT)
            elif not lease.shown:  # it lay ahead
                lease.shown = True
                preferred.served += 1
            leases.renew(lease)
            found.add(interaction_id)
    return found


def renew(session: Session, rater_id: int, interaction_ids: Collection[int]) -> list[int]:
    """Keep these for the rater for another 15 minutes; which of them are not kept for them any more."""
    _locked_preference(session, rater_id)
    scope = _scope(session, rater_id)
    lost = []
    for interaction_id in sorted(interaction_ids):
        is_open = _lock(session, interaction_id, rater_id, scope)
        lease = session.get(Lease, (interaction_id, rater_id))
        if is_open and lease is not None:
            leases.renew(lease)
        else:
            leases.end(session, interaction_id, rater_id)
            lost.append(interaction_id)
    return lost


def give_back(session: Session, rater_id: int, interaction_ids: Collection[int]) -> None:
    """Give back those of these that lie ahead of this rater; what was on their screen stays."""
    _locked_preference(session, rater_id)
    for interaction_id in sorted(interaction_ids):
        leases.give_back(session, interaction_id, rater_id)


def load_items(session: Session, rater_id: int, interaction_ids: Collection[int]) -> list[ItemToRate]:
    """These answers for this rater, in this order; those that were deleted are left out."""
    rows = select(LegacyInteraction, Item, Rating, Draft, Lease).select_from(LegacyInteraction).join(Item)
    for of_rater in (Rating, Draft, Lease):
        rows = rows.outerjoin(
            of_rater, and_(of_rater.interaction_id == Item.interaction_id, of_rater.rater_id == rater_id)
        )
    rows = rows.where(Item.interaction_id.in_(interaction_ids)).execution_options(populate_existing=True)
    found = {row[1].interaction_id: row for row in session.execute(rows)}
    showing = showings.find(session, rater_id, interaction_ids)
    return [_to_rate(showing, *found[number]) for number in interaction_ids if number in found]


def _to_rate(
    showing: dict[tuple[int, str], str],
    row: LegacyInteraction,
    item: Item,
    own: Rating | None,
    typed: Draft | None,
    lease: Lease | None,
) -> ItemToRate:
    shown = interactions.shown(row, item)
    return ItemToRate(
        shown,
        own.rating if own else None,
        (own.comment or "") if own else "",
        own.bias_flag if own else False,
        request_id=lease.request_id if lease else None,
        showing=showing.get((shown.interaction_id, shown.version)),
        draft=typed.comment if typed else None,
        draft_flag=typed.bias_flag if typed else False,
        shown=lease is None or lease.shown,
        reasons=tuple((own.reasons or ()) if own else ()),
        draft_reasons=tuple((typed.reasons or ()) if typed else ()),
    )


def count_left(session: Session, rater_id: int, filters: QueueFilters) -> int:
    """How many answers wait for this rater, counted up to ``MOST_COUNTED`` + 1."""
    some = select(Item.interaction_id).where(
        WAITING, ~_rated(rater_id), *_scope(session, rater_id), *_conditions(session, filters)
    )
    return session.scalar(select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())) or 0


def is_free(session: Session, rater_id: int, filters: QueueFilters) -> bool:
    """Whether an answer could be served to this rater now under these filters."""
    fits = _open_for(rater_id, [*_scope(session, rater_id), *_conditions(session, filters)])
    return session.scalar(select(Item.interaction_id).where(*fits).limit(1)) is not None


def waits(session: Session, filters: QueueFilters) -> bool:
    """Whether an answer waits for anybody under these filters."""
    some = select(Item.interaction_id).where(WAITING, *_own_data(session), *_conditions(session, filters))
    return session.scalar(some.limit(1)) is not None


def count_disliked(session: Session) -> int:
    """How many answers that users disliked wait for anybody, counted up to ``MOST_COUNTED`` + 1."""
    # WENT_WRONG says nothing more, but is what the index holds
    some = select(Item.interaction_id).where(WAITING, WENT_WRONG, DISLIKED, *_own_data(session))
    return session.scalar(select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())) or 0


def written_by(rater_id: int) -> Exists:
    """That this rater wrote the answer."""
    return exists().where(BetterAnswer.interaction_id == Item.interaction_id, BetterAnswer.rater_id == rater_id)


def renew_places(session: Session, settings: QueueSettings) -> int:
    """Give every answer the places that these settings want; how many changed."""
    places = places_wanted(settings, Item.asked)
    changed = update(Item).where(Item.places != places).values(places=places)
    result = session.execute(changed.execution_options(synchronize_session=False))
    return int(getattr(result, "rowcount", 0))


def places_wanted(settings: QueueSettings, asked: SQLColumnExpression[int]) -> ColumnElement[int]:
    """How many ratings an item still wants by these settings and this request, as ``QueueSettings.places`` has it."""
    # the remainder first: 61 times a number above 35 million does not fit PostgreSQL's integer
    wanted: ColumnElement[int] = settings.raters + case(
        (Item.interaction_id % 100 * 61 % 100 < settings.overlap, 1), else_=0
    )
    here = [
        Rating.interaction_id == Item.interaction_id,
        Rating.status == RatingStatus.SUBMITTED,
        Rating.import_id.is_(None),
        Rating.rater_id.in_(select(Rater.rater_id).where(Rater.kind == "person")),
    ]
    missing: ColumnElement[int]
    if settings.imported_count:
        only_imported = and_(Item.n_ratings > 0, ~exists().where(*here))
        missing = case((only_imported, settings.raters), else_=wanted) - Item.n_ratings
    else:
        missing = wanted - select(func.count()).select_from(Rating).where(*here).correlate(Item).scalar_subquery()
    by_request = asked - Item.n_ratings
    return case(
        (discarded(), 0), (and_(missing > 0, missing >= by_request), missing), (by_request > 0, by_request), else_=0
    )


def discarded() -> Exists:
    """Whether somebody discarded an item."""
    return exists().where(Rating.interaction_id == Item.interaction_id, Rating.status == RatingStatus.DISCARDED)


def _locked_preference(session: Session, rater_id: int) -> QueuePreference:
    row = {"rater_id": rater_id, "order": Order.OLDEST, "filters": {}, "served": 0}
    locked = select(QueuePreference).where(QueuePreference.rater_id == rater_id).with_for_update()
    found = session.scalar(locked)
    if found is None:
        insert_missing(session, QueuePreference, row)
        found = session.scalars(locked).one()
    return found


def _resume(session: Session, rater_id: int, scope: list[ColumnElement[bool]]) -> list[Lease]:
    """What was kept for this rater, run out or not, where it is still free; what is not is given back."""
    numbers = session.scalars(select(Lease.interaction_id).where(Lease.rater_id == rater_id)).all()
    # locked by number, as everybody does who locks several; read afterwards: until then another may be given it
    free = {number for number in sorted(numbers) if _lock(session, number, rater_id, scope)}
    for number in sorted({*numbers} - free):
        leases.end(session, number, rater_id)
    return [lease for lease in leases.of(session, rater_id) if lease.interaction_id in free]


def _in_turn(held: Sequence[Lease], on_screen: int | None) -> tuple[Lease | None, list[Lease]]:
    """What is on the screen (else what was on it), None where nothing was; and the rest, in the order of showing."""
    first = next((lease for lease in held if lease.interaction_id == on_screen), held[0] if held else None)
    if first is not None and not first.shown and first.interaction_id != on_screen:
        first = None
    return first, [lease for lease in held if lease is not first]


def _take(
    session: Session, preferred: QueuePreference, where: list[ColumnElement[bool]], *, ahead: bool
) -> Lease | None:
    """Keep the next answer in the order that this rater prefers; None when nothing waits for them.

    For one that is to be ahead of another nobody is waited for, and nobody gives anything up.
    """
    rater_id = preferred.rater_id
    filters = _conditions(session, QueueFilters(**preferred.filters))
    if filters:  # where few fit, the filter's own index finds them; a whole order would be walked through for a handful
        few = session.scalars(select(Item.interaction_id).where(WAITING, *where, *filters).limit(FEW + 1)).all()
        if len(few) <= FEW:
            filters = [Item.interaction_id.in_(few)]
    at_random = preferred.served % RANDOM_EVERY == 1
    order = Order.RANDOM if at_random else Order(preferred.order)
    # what somebody is storing at this moment is passed over; where nothing else is left, it is waited for
    for waits in (False,) if ahead else (False, True):
        found = _first_free(session, rater_id, order, [*where, *filters], waits=waits, at_random=at_random)
        if found is not None:
            return leases.take(session, found[0], rater_id, found[1], shown=False)
        if _has_one_writer(session):
            break  # it has nobody to wait for
    number = None if ahead else _given_up(session, rater_id, [*where, *filters])
    return leases.take(session, number, rater_id, Chosen.OLDEST, shown=False) if number is not None else None


def _given_up(session: Session, rater_id: int, where: list[ColumnElement[bool]]) -> int | None:
    """The first answer that lies ahead in another's browser and waits for this rater too; that one loses it."""
    full_by_one = leases.held_by_others(rater_id, now()) <= Item.places
    fits = [WAITING, ~_rated(rater_id), full_by_one, *where]
    ahead = select(Lease.interaction_id, Lease.rater_id).join(Item, Item.interaction_id == Lease.interaction_id)
    ahead = ahead.where(Lease.rater_id != rater_id, ~Lease.shown, Lease.expires_at > now(), *fits)
    for number, other in session.execute(ahead.order_by(Lease.interaction_id, Lease.taken_at.desc())).all():
        session.scalar(select(Item.interaction_id).where(Item.interaction_id == number).with_for_update())
        if session.scalar(select(Item.interaction_id).where(Item.interaction_id == number, *fits)) is not None:
            leases.give_back(session, number, other)
            if session.scalar(_is_open(number, rater_id, where)) is not None:  # else it was shown meanwhile
                return number
    return None


def _first_free(
    session: Session,
    rater_id: int,
    order: Order,
    where: list[ColumnElement[bool]],
    *,
    waits: bool,
    at_random: bool,
) -> tuple[int, str] | None:
    """The first answer in this order that can be locked and is still free once it is, and why it was chosen."""
    untouched = ~exists().where(Rating.interaction_id == Item.interaction_id, Rating.rater_id == rater_id)
    free = [WAITING, leases.held_by_others(rater_id, now()) < Item.places, *where]
    found = _first_locked(session, rater_id, [_before_all([*free, untouched], at_random=at_random)], where, waits=waits)
    if found is not None:
        return found
    if order is Order.MODEL:
        suggested = _first_suggested(session, rater_id, where)
        if suggested is not None:
            return suggested
    queries = [*_in_order(order, [*free, untouched]), _skipped(rater_id, free)]
    return _first_locked(session, rater_id, queries, where, waits=waits)


def _first_locked(
    session: Session,
    rater_id: int,
    queries: Sequence[Select[int, str]],
    where: list[ColumnElement[bool]],
    *,
    waits: bool,
) -> tuple[int, str] | None:
    for query in queries:
        passed: set[int] = set()
        while True:
            untried = query.where(Item.interaction_id.not_in(passed)) if passed else query
            found = session.execute(untried.limit(1).with_for_update(of=Item, skip_locked=not waits)).first()
            if found is None:
                break
            interaction_id, chosen = found
            # PostgreSQL looked before it locked: somebody may have taken it in between
            if _has_one_writer(session) or session.scalar(_is_open(interaction_id, rater_id, where)) is not None:
                return interaction_id, chosen
            passed.add(interaction_id)
    return None


def _first_suggested(session: Session, rater_id: int, where: list[ColumnElement[bool]]) -> tuple[int, str] | None:
    """The first of the model's suggestions that is free. They are few, so they are looked up by their numbers."""
    ranked = session.execute(select(Suggestion.interaction_id, Suggestion.chosen).order_by(Suggestion.rank)).all()
    numbers = [number for number, _ in ranked]
    free = set(
        session.scalars(
            select(Item.interaction_id).where(Item.interaction_id.in_(numbers), *_open_for(rater_id, where))
        )
    )
    skipped = set(
        session.scalars(
            select(Rating.interaction_id).where(Rating.rater_id == rater_id, Rating.interaction_id.in_(free))
        )
    )
    for number, chosen in ranked:
        if number in free - skipped and _lock(session, number, rater_id, where, skip_locked=True):
            return number, chosen
    return None


def _lock(
    session: Session, interaction_id: int, rater_id: int, scope: list[ColumnElement[bool]], *, skip_locked: bool = False
) -> bool:
    """Lock an item and say whether it waits for this rater."""
    if not _has_one_writer(session):
        row = select(Item.interaction_id).where(Item.interaction_id == interaction_id)
        if session.scalar(row.with_for_update(skip_locked=skip_locked)) is None:
            return False
    return session.scalar(_is_open(interaction_id, rater_id, scope)) is not None


def _has_one_writer(session: Session) -> bool:
    """Whether everybody else waits while this session writes, as on SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def _is_open(interaction_id: int, rater_id: int, where: list[ColumnElement[bool]]) -> Select[int]:
    return select(Item.interaction_id).where(Item.interaction_id == interaction_id, *_open_for(rater_id, where))


def _open_for(rater_id: int, where: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """What makes an item wait for this rater, whatever the order."""
    return [WAITING, ~_rated(rater_id), leases.held_by_others(rater_id, now()) < Item.places, *where]


def _rated(rater_id: int) -> Exists:
    """Whether this rater has rated or discarded an item; what they skipped or took back comes again."""
    return exists().where(
        Rating.interaction_id == Item.interaction_id, Rating.rater_id == rater_id, Rating.status.not_in(COMES_BACK)
    )


def _in_order(order: Order, where: list[ColumnElement[bool]]) -> Iterator[Select[int, str]]:
    """Queries for the next answer and why it is, to be tried one after the other."""

    def items(chosen: Chosen) -> Select[int, str]:
        return select(Item.interaction_id, literal(str(chosen))).where(*where)

    if order is Order.USERS:
        of_use = items(Chosen.USERS).where(WENT_WRONG)
        yield of_use.order_by(Item.disliked.desc(), Item.interaction_id)
    if order in (Order.USERS, Order.OLDEST):
        yield items(Chosen.OLDEST).order_by(Item.interaction_id)
        return
    if order is Order.SESSION:
        in_order = items(Chosen.SESSION)
        yield in_order.where(Item.session_label.is_not(None)).order_by(Item.session_label, Item.interaction_id)
        yield in_order.where(Item.session_label.is_(None)).order_by(Item.interaction_id)
        return
    point = secrets.randbelow(RANDOM_KEYS)
    yield items(Chosen.RANDOM).where(Item.random_key >= point).order_by(Item.random_key)
    yield items(Chosen.RANDOM).where(Item.random_key < point).order_by(Item.random_key)


def _before_all(where: list[ColumnElement[bool]], *, at_random: bool) -> Select[int, str]:
    """What comes before every order, all answers to a question together; questions by their hash are in no order.

    Where it is the turn ``at_random`` only what an audit sample waits for: that was drawn at random, too.
    """
    audited = Item.served_first == 1
    chosen = case((audited, literal(str(Chosen.AUDIT))), else_=literal(str(Chosen.ASKED)))
    first = select(Item.interaction_id, chosen).where(SERVED_FIRST, *where, *([audited] if at_random else []))
    return first.order_by(Item.prompt_group, Item.interaction_id)


def _skipped(rater_id: int, where: list[ColumnElement[bool]]) -> Select[int, str]:
    """What this rater passed over, longest ago first."""
    skipped = and_(
        Rating.interaction_id == Item.interaction_id, Rating.rater_id == rater_id, Rating.status.in_(COMES_BACK)
    )
    passed_over = select(Item.interaction_id, literal(str(Chosen.SKIPPED))).join(Rating, skipped).where(*where)
    return passed_over.order_by(Rating.updated_at, Item.interaction_id)


def _scope(session: Session, rater_id: int) -> list[ColumnElement[bool]]:
    """What is served to this rater at all; not what they wrote."""
    return [~written_by(rater_id), *_own_data(session)]


def _own_data(session: Session) -> list[ColumnElement[bool]]:
    """Own data, or the sample where there is nothing else."""
    return [] if only_sample(session) else [Item.source != "sample"]


def _conditions(session: Session, filters: QueueFilters) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if filters.session_label:
        where.append(Item.session_label == filters.session_label)
    if filters.source:
        where.append(Item.source == filters.source)
    if filters.least_words is not None:
        where.append(Item.response_words >= filters.least_words)
    if filters.most_words is not None:
        where.append(Item.response_words <= filters.most_words)
    if filters.flagged:
        where.append(Item.mirrored_bias.is_(True))
    if filters.second:
        where.append(HAS_RATING)
    if filters.pair:
        where += _makes_pair(session)
    return where


def _makes_pair(session: Session) -> list[ColumnElement[bool]]:
    """What makes a rating of an item the second one within its prompt, context and earlier turns."""
    beside = aliased(Item)
    same = exists().where(
        beside.prompt_group == Item.prompt_group,
        func.coalesce(beside.context_id, "") == func.coalesce(Item.context_id, ""),
        beside.turns_group == Item.turns_group,
        beside.consensus.is_not(None),
    )
    where = [Item.n_ratings == 0, same]
    # the rated prompts first, by the index of the consensus, where they are few: else each answer that waits is a look
    # for its siblings; where they are many, the next answer of a pair is near, and reading them all would take longer
    rated = select(beside.prompt_group).where(beside.consensus > 0)
    some = rated.with_only_columns(beside.consensus).limit(FEW_RATED + 1).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW_RATED:
        where.append(Item.prompt_group.in_(rated))
    return where
