"""Exports for fine-tuning: pairs, KTO and SFT rows in one folder, split as the reward model's trainings are."""

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from core.domain.errors import Conflict
from core.domain.plain import AS_IS
from core.domain.roles import Act, User
from core.domain.texts import plural
from core.finetuning import folder
from core.finetuning.export import (
    KTO_COLUMNS,
    PAIR_COLUMNS,
    QUESTION_COLUMNS,
    SFT_COLUMNS,
    Split,
    card,
    count_pairs,
    notes,
    questions,
    too_few,
)
from core.finetuning.folder import FORMAT
from core.finetuning.reading import Reader
from core.labeling.export_columns import Columns
from core.labeling.writing import write_stream
from core.services.data import exporting
from core.services.data.exporting import FINE_TUNING, Marked
from core.services.masking import masks_output
from core.services.review import agreement
from core.services.workspace import Workspace
from core.store import settings
from core.store.database import Session
from core.store.interactions.interactions import only_sample
from core.store.retrying import written
from core.store.scratch import check_free, whole_folder
from core.store.training import held_out, versions

IDENTITY = "database number"
"""The setting that tells exports of one database from those of another; drawn once."""


@dataclass(frozen=True, slots=True)
class PairExport:
    """What was written."""

    path: Annotated[str, AS_IS]
    counts: dict[str, int]
    notes: Annotated[tuple[str, ...], AS_IS]
    """What is to be minded, in sentences."""
    left_out: int | None
    """Answers and orders that hold personal identifiers and are not in it; None where that was not asked for."""

    def to_json(self) -> dict[str, Any]:
        """As ``finetune export --json`` prints it."""
        shown = {"path": self.path, "counts": self.counts, "notes": list(self.notes)}
        return shown if self.left_out is None else shown | {"left_out": self.left_out}


@masks_output()
def export(
    workspace: Workspace,
    user: User,
    directory: Path,
    *,
    marked: Marked = Marked.REFUSE,
    reason: str = "",
    model: Path | None = None,
) -> PairExport:
    """Write pairs, KTO and SFT rows into the new folder ``directory``, as ``folder`` describes it.

    Questions are kept apart as a training of the reward model keeps them. ``marked`` and ``reason``: as for the other
    exports. ``model``: a folder with a tokenizer, by which texts that are too long are counted.

    Raises:
        BadInput: the folder is not empty, there is no model, or no reason where one is needed.
        HoldsIdentifiers: some texts do, and ``marked`` does not say what shall become of them.
        Conflict: there is too little to learn from.
        Unavailable: the disk or the database fails.
    """
    workspace.require(user, Act.READ_DATA)
    check_free(directory)
    reader = None if model is None else Reader.of(model)
    exporting.bring_up_to_date(workspace)
    database, apart = written(workspace.store, _set_apart)
    unmarked = marked is Marked.LEAVE_OUT

    def refuse_too_little() -> None:
        with workspace.store.read() as session:
            _Source(workspace, session, unmarked, apart).count()

    exporting.consistent(workspace, refuse_too_little)
    exporting.announce(workspace, user, FINE_TUNING, directory, marked, reason)
    agreeing = _agreement(workspace, user)

    def write() -> PairExport:
        with workspace.store.read() as session, whole_folder(directory) as place:
            held = exporting.count_identifiers(session, FINE_TUNING, marked)  # once more: this state is written
            counts, minded = _Source(workspace, session, unmarked, apart).write(place, reader)
            champion = versions.champion(session)
            about = {
                "format": FORMAT,
                "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "database": database,
                "identifiers": str(marked) if held.marked else "none",
                "model_version": champion.model_version if champion else None,
                "counts": counts,
                "notes": minded,
            }
            (place / folder.EXPORT).write_text(json.dumps(about, indent=1, ensure_ascii=False), encoding="utf-8")
            (place / folder.CARD).write_text(card(about, agreeing), encoding="utf-8")
        return PairExport(str(directory), counts, tuple(minded), held.marked if unmarked else None)

    return exporting.consistent(workspace, write)


def _set_apart(session: Session) -> tuple[str, bool]:
    """The number of this database, and whether it keeps questions apart; those of new ratings join them."""
    number = settings.put_once(session, IDENTITY, {"number": secrets.token_hex(8)})["number"]
    return str(number), bool(held_out.freeze(session))


def _agreement(workspace: Workspace, user: User) -> str:
    """How far the raters agree, as a sentence."""
    found = agreement.measure(workspace, user)
    if found.shares.within_1.value is None:
        return "No answer has ratings of two people, so how far they agree is not known."
    alpha = "" if found.alpha.value is None else f" (Krippendorff's alpha {found.alpha.value:.2f})"
    return (
        f"Two ratings of one answer differ by at most 1 in {100 * found.shares.within_1.value:.0f} of 100 cases, over "
        f"{plural(found.items, 'answer')} that several people rated{alpha}."
    )


class _Source:
    """The rows of one state of the database, split by question."""

    def __init__(self, workspace: Workspace, session: Session, unmarked: bool, apart: bool) -> None:
        self._session, self._unmarked = session, unmarked
        self._threshold = workspace.settings.positive_rating_threshold
        self._split = Split(apart)

    def count(self) -> dict[str, int]:
        """Counts of pairs and questions.

        Raises:
            Conflict: there are too few.
        """
        counts = count_pairs(self._rows("pairs"), self._split)
        refusal = too_few(counts)
        if refusal:
            raise Conflict(refusal)
        return counts

    def write(self, place: Path, reader: Reader | None) -> tuple[dict[str, int], list[str]]:
        """Write the files of rows below ``place``; all counts, and what is to be minded."""
        counts, split = self.count(), self._split

        def write(name: str, columns: Columns, rows: Iterator[Mapping[str, Any]]) -> int:
            (place / name).parent.mkdir(exist_ok=True)
            with (place / name).open("xb") as file:
                return write_stream(file, ".jsonl", columns, rows)

        write(folder.PAIRS, PAIR_COLUMNS, split.to_learn(self._rows("pairs")))
        write(folder.APART_PAIRS, PAIR_COLUMNS, split.kept_apart(self._rows("pairs")))
        write(folder.APART_QUESTIONS, QUESTION_COLUMNS, questions(split.kept_apart(self._rows("pairs"))))
        counts["kto"] = write(folder.KTO, KTO_COLUMNS, split.to_learn(self._rows("kto")))
        counts["sft"] = write(folder.SFT, SFT_COLUMNS, split.to_learn(self._rows("sft")))
        counts["raters"] = len(self._raters())
        if reader is not None:
            export = folder.Export(place, "", "", None, {}, ())
            pairs = chain(export.pairs(), export.pairs_apart())
            counts["cut_texts"] = sum(reader.is_cut(pair.asked, pair.chosen, pair.rejected) for pair in pairs)
        sample = only_sample(self._session)
        return counts, notes(counts, apart=split.apart, sample=sample, limit=reader.limit if reader else None)

    def _rows(self, kind: str) -> Iterator[dict[str, Any]]:
        return exporting.rows_of(self._session, kind, unmarked=self._unmarked, positive_threshold=self._threshold)

    def _raters(self) -> set[str]:
        """Who rated, ordered or wrote what is in the pairs."""
        rows = chain(self._rows("ratings"), self._rows("preferences"), self._rows("sft"))
        return {name for row in rows if (name := row.get("rater") or row.get("author"))}
