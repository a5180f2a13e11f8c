"""Checking a whole file before anything of it is stored: what would come in, what would be left out, and why."""

import hashlib
from array import array
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.domain.errors import BadInput
from core.domain.records import ImportComparison, ImportRow, Rejected
from core.domain.roles import Act, User
from core.domain.texts import with_marks
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import understand
from core.labeling.scales import RatingValues, as_given
from core.labeling.tables import open_table
from core.services.masking import masks_output, without_gaps
from core.services.workspace import Workspace
from core.store.interactions import known
from core.store.interactions.imports import Counted, pair_hash
from core.store.interactions.known import Known
from core.store.people.raters import name_key, rater_name

BATCH_ROWS = 500
MOST_VALUES = 50
"""Different ratings that are listed."""


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How many rows of the file are read."""

    rows: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds and what an import of it would do; nothing is stored."""

    kind: str
    """What the file is, in words."""
    sheets: tuple[str, ...]
    sheet: str
    shape: str
    """Its name, for ``--shape``."""
    shape_title: str
    becomes: str
    """What a row becomes, in a sentence."""
    mapping: dict[str, str]
    """Our column names -> the file's, as applied."""
    metadata: tuple[str, ...]
    """Columns without a meaning here; they are kept as metadata."""
    rows: int
    """Rows of the file."""
    new_answers: int
    repeats: int
    """Answers that would add neither an answer nor a rating nor a preference."""
    ratings: int
    """New ratings."""
    left_out_total: int
    left_out: tuple[Rejected, ...]
    """The first 1,000 rows of which a rating, or what a judge says, would not be stored, and why."""
    rejected_total: int
    rejected: tuple[Rejected, ...]
    """The first 1,000 rows of which nothing would be stored, and why."""
    comparisons: int
    """All of them, ties and equal pairs included."""
    preferences: int
    """New preferences."""
    ties: int
    equal_pairs: int
    values: tuple[tuple[str, int], ...]
    """The most frequent 50 ratings as the file writes them, each with its count; no rating at all is not among them."""
    scale: str
    """Name of the scale that was applied; empty: whole numbers from 1 to 5, as they are."""
    scale_title: str
    scale_table: tuple[tuple[str, int], ...]
    """What the file writes -> what is stored."""
    must_ask: bool
    """Too many ratings are no whole number from 1 to 5, and nobody said what they mean: not imported like this."""
    question: str
    """The sentence that says so: it names the range. Empty unless ``must_ask``."""
    option: str
    """The sentence that says what to write on the command line. Empty unless ``must_ask``."""
    likely: tuple[str, ...]
    """Names of the scales that fit, the likeliest first."""
    judges: tuple[tuple[str, int], ...] = ()
    """LLM judges, each with how many scores, or choices between two answers, the file holds of it."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored and as ``import --check --json`` prints it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Checked":
        """As ``to_json`` gave it, read back from JSON."""

        def read(value: Any) -> Any:
            if not isinstance(value, list):
                return value
            return tuple(
                Rejected(**one) if isinstance(one, dict) else one if isinstance(one, str) else tuple(one)
                for one in value
            )

        return cls(**{name: read(value) for name, value in stored.items()})


@masks_output()
def check(
    workspace: Workspace, user: User, path: Path, how: HowToRead
) -> Generator[CheckProgress | Checked, None, None]:
    """Read a whole file and say what an import of it would do; yields progress and the result at the end.

    Memory is bounded but for 14 to 40 bytes for each answer, rating and preference.

    Raises:
        BadInput: nothing can be read or understood.
    """
    workspace.require(user, Act.CHANGE_DATA)
    rater_name(how.rater)  # a name that cannot be used would refuse every row
    table = open_table(path, how.sheet)
    values = RatingValues(as_given())
    understood = understand(table, how, values)
    values.scale = understood.scale
    workspace.pick_up(at_once=True)
    check = _Check(how.rater)
    sketches = map(check.sketch, understood.rows())
    while batch := list(islice(sketches, BATCH_ROWS)):
        check.add(workspace, batch)
        yield CheckProgress(check.rows)
    if not check.rows:
        raise BadInput("The file has a header but no rows, so there is nothing to import.")
    must_ask = not how.scale and values.must_ask
    most = values.counts.most_common(MOST_VALUES)
    yield Checked(
        kind=table.kind,
        sheets=table.sheets,
        sheet=table.sheet,
        shape=understood.shape.name,
        shape_title=understood.shape.title,
        becomes=understood.shape.becomes,
        mapping={ours: with_marks(theirs) for ours, theirs in understood.mapping.items()},
        metadata=tuple(map(with_marks, understood.metadata)),
        rows=check.rows,
        new_answers=check.total.added,
        repeats=check.total.duplicates,
        ratings=check.total.ratings,
        left_out_total=check.total.left_out_total,
        left_out=tuple(check.total.left_out),
        rejected_total=check.total.rejected_total,
        rejected=tuple(check.total.rejected),
        comparisons=check.comparisons,
        preferences=check.total.preferences,
        ties=check.total.ties,
        equal_pairs=check.total.equal_pairs,
        values=tuple((with_marks(value), count) for value, count in most),
        scale=understood.scale.name,
        scale_title=understood.scale.title,
        scale_table=understood.scale.table,
        must_ask=must_ask,
        question=values.question if must_ask else "",
        option=f"{values.option} Nothing was stored." if must_ask else "",
        likely=tuple(scale.name for scale in values.likely),
        judges=tuple(sorted((dict.fromkeys(understood.judges.values(), 0) | check.judges).items())),
    )


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What counting needs of a row: no texts, so that many rows take little memory."""

    number: int
    place: int
    rater: str
    identities: tuple[str, ...]
    """Of the answer, or of both answers of a comparison."""
    rating: int | None = None
    left_out: str | None = None
    pair: str = ""
    """Hash of a comparison's answers; empty where none is preferred."""
    better: int = 0
    tie: bool = False
    is_comparison: bool = False
    judges: tuple[str, ...] = ()


class _Check:
    """Counts what an import of the rows so far would do, as ``imports.add_batch`` counts it."""

    def __init__(self, rater: str) -> None:
        self.rows = self.comparisons = 0
        self.total = Counted()
        self.judges = Counter[str]()
        self._rater = rater
        self._answers, self._ratings, self._preferences, self._judged = _Seen(), _Seen(), _Seen(), _Seen()

    def sketch(self, row: ImportRow | ImportComparison | Rejected) -> _Sketch | Rejected:
        """The row without its texts."""
        row = without_gaps(row)
        if isinstance(row, Rejected):
            return row
        try:
            rater = rater_name(row.rater or self._rater)
        except BadInput as error:
            return Rejected(row.number, str(error), row.place)
        if isinstance(row, ImportRow):
            judges = tuple(judge for judge, _ in row.scores)
            return _Sketch(row.number, row.place, rater, (row.identity,), row.rating, row.left_out, judges=judges)
        is_equal = row.chosen == row.rejected
        prefers = not (is_equal or row.tie)
        return _Sketch(
            row.number,
            row.place,
            rater,
            tuple(answer.identity for answer in row.answers[: 1 if is_equal else 2]),
            pair=pair_hash(row) if prefers else "",
            better=known.better(row.chosen, row.rejected),
            tie=row.tie,
            is_comparison=True,
            left_out=row.left_out,
            judges=() if is_equal else tuple(judge for judge, _ in row.choices),
        )

    def add(self, workspace: Workspace, batch: Sequence[_Sketch | Rejected]) -> None:
        """Count some rows, in the order of the file."""
        counted = Counted()
        sketches = [row for row in batch if isinstance(row, _Sketch)]
        identities = {identity for row in sketches for identity in row.identities}
        with workspace.store.read() as session:
            there = known.find(session, identities, {row.pair for row in sketches if row.pair})
        for row in batch:
            self.rows = max(self.rows, row.number)
            if isinstance(row, Rejected):
                counted.reject(row)
            elif row.is_comparison:
                self._comparison(row, there, counted)
            else:
                self._answer(row, there, counted)
        self.total.add(counted)

    def _answer(self, row: _Sketch, there: Known, counted: Counted) -> None:
        added = self._new(row, there)
        counted.added += added
        if row.left_out is not None:
            counted.leave_out(Rejected(row.number, row.left_out, row.place))
        earlier = 0
        if row.rating is not None:
            key = (row.identities[0], name_key(row.rater))
            earlier = there.ratings.get(key) or self._ratings.put(_digest(*key), row.rating)
            counted.ratings += not earlier
        if earlier and earlier != row.rating:
            counted.reject(Rejected(row.number, f"already rated {earlier} by {row.rater}", row.place))
            return
        self._count_judged(row)
        if earlier or row.rating is None:
            counted.duplicates += not added

    def _comparison(self, row: _Sketch, there: Known, counted: Counted) -> None:
        self.comparisons += 1
        earlier = 0
        if row.left_out is not None:
            counted.leave_out(Rejected(row.number, row.left_out, row.place))
        if row.pair:
            key = (row.pair, name_key(row.rater))
            earlier = there.preferences.get(key) or self._preferences.put(_digest(*key), row.better)
            counted.preferences += not earlier
        elif row.tie and len(row.identities) > 1:
            counted.ties += 1
        else:
            counted.equal_pairs += 1
        if earlier and earlier != row.better:
            counted.reject(Rejected(row.number, "already preferred the other way", row.place))
            return
        self._count_judged(row)
        added = self._new(row, there)
        counted.added += added
        counted.duplicates += bool(earlier) and not added

    def _count_judged(self, row: _Sketch) -> None:
        """Count what judges say of this answer, or these two, once."""
        self.judges.update(judge for judge in row.judges if not self._judged.put(_digest(judge, *row.identities)))

    def _new(self, row: _Sketch, there: Known) -> int:
        """How many answers of a row are neither in the database nor in an earlier row."""
        return sum(
            identity not in there.answers and not self._answers.put(_digest(identity)) for identity in row.identities
        )


def _digest(*parts: str) -> int:
    """64 bits of a hash of identities and names."""
    return int.from_bytes(hashlib.blake2b("\n".join(parts).encode(), digest_size=8).digest(), "little")


class _Seen:
    """What was seen so far: 64 bits of a hash -> a small number; nine bytes each, in a table with room for more."""

    def __init__(self) -> None:
        self._keys, self._values, self._filled = array("Q", [0]) * 1024, bytearray(1024), 0

    def put(self, key: int, value: int = 1) -> int:
        """The number that this key has, or 0: then it has ``value`` from now on."""
        place = self._place(key)
        if self._values[place]:
            return self._values[place]
        self._keys[place], self._values[place] = key, value
        self._filled += 1
        if 3 * self._filled > 2 * len(self._values):
            self._grow()
        return 0

    def _place(self, key: int) -> int:
        last = len(self._values) - 1
        place = key & last
        while self._values[place] and self._keys[place] != key:
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._keys, self._values = array("Q", [0]) * (2 * len(values)), bytearray(2 * len(values))
        for key, value in zip(keys, values, strict=True):
            if value:
                place = self._place(key)
                self._keys[place], self._values[place] = key, value
