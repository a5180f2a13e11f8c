"""How a chosen file is to be read: its sheet, what it is, which column is what, and what its ratings mean."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.domain.errors import BadInput
from core.domain.texts import in_bytes, plural
from core.labeling import scales
from core.labeling.column_names import find_column, suggest_mapping
from core.labeling.how_to_read import HowToRead
from core.labeling.rows import CONVERSATION
from core.labeling.shapes.registry import SHAPES
from core.labeling.shapes.table import TABLE
from core.services.data import uploads
from core.services.data.uploads import FirstLook, UploadView
from core.ui.data.import_report import read_rating, show_scale
from core.ui.shell import session
from core.ui.shell.cells import show_cells
from core.ui.shell.page import Page
from core.ui.shell.texts import literal, snippet

NONE = "— not in this file —"
REQUIRED = {"user_prompt": "Question", "ai_response": "Answer"}
OPTIONAL = {
    "rating": "Rating",
    "rater": "Rater",
    "session_id": "Session",
    "feedback_comment": "Comment",
    "bias_flag": "Bias flag",
    CONVERSATION: "Conversation (messages)",
    "turns": "Earlier turns",
}
RANGES = ("1-5", "0-4", "0-1", "1-10", "thumbs")
"""Scales that can be chosen whatever the file holds."""
MOST_LIKELY = 2
AS_GIVEN = "as given"
OTHER_RANGE = "another range"
WORDS = "words"
OPTIONS_IN_WORDS = {
    AS_GIVEN: "Whole numbers from 1 (worst) to 5 (best), as they are",
    OTHER_RANGE: "Another range of numbers",
    WORDS: "Words, or anything else: say for each value what it means",
}
MOST_WORDS = 15
"""So many different words can be given a meaning on the page."""
NO_RATING = "No rating"


@dataclass(frozen=True, slots=True)
class Ratings:
    """What is known of the ratings in a file: from its first rows, or from a check of all of them."""

    values: Sequence[tuple[str, int]]
    must_ask: bool
    question: str
    likely: Sequence[str]
    of_all_rows: bool


def choose_how(page: Page, view: UploadView) -> tuple[HowToRead, str]:
    """Let a person say how a file is read; returns that, and in a sentence what is still to be said, if anything."""
    how = _what_it_is(page, view)
    look = _look(page, view, how)
    if look.rows:
        st.markdown("**The first rows**")
        show_cells([{name: snippet(_cell(value), 200) for name, value in row.items()} for row in look.rows])
    if how.shape == TABLE.name:
        mapping = _columns(view, look)
        how = replace(how, mapping=mapping)
        wanted = {} if CONVERSATION in mapping else REQUIRED
        missing = [words for name, words in wanted.items() if name not in mapping]
        if missing:
            return how, f"Please choose the column for: {', '.join(missing)}."
    if look.judges:
        st.caption(f"Scores of LLM judges are read too: {literal(', '.join(look.judges))}.")
    how = _whose(view, look, how)
    look = _look(page, view, how)
    if look.problem:
        return how, look.problem
    scale = _scale(view, _ratings(view, look, how))
    if scale is None:
        return how, "Please say what the ratings mean."
    return replace(how, scale=scale), ""


def _what_it_is(page: Page, view: UploadView) -> HowToRead:
    """The sheet and the shape."""
    look = _look(page, view, HowToRead(sheet=view.how.sheet))
    st.caption(f"{literal(look.kind)} · {in_bytes(view.size)}")
    sheet = look.sheet
    if len(look.sheets) > 1:
        chosen = st.selectbox(
            "Sheet",
            look.sheets,
            index=look.sheets.index(sheet),
            format_func=literal,
            key=f"data.sheet.{view.upload_id}",
            help="One sheet is imported at a time. Choose the file again for another one.",
        )
        sheet = chosen or sheet
        look = _look(page, view, HowToRead(sheet=sheet))
    names = [shape.name for shape in SHAPES]
    titles = {shape.name: shape.title for shape in SHAPES}
    becomes = {shape.name: shape.becomes for shape in SHAPES}
    before = view.how.shape if view.how.sheet == sheet else ""
    recognised = before or look.shape or TABLE.name
    shape = st.selectbox(
        "What it is",
        names,
        index=names.index(recognised),
        format_func=lambda name: f"{titles[name]} (recognised)" if name == look.shape else titles[name],
        key=f"data.shape.{view.upload_id}.{sheet}",
        help="Recognised by its columns and first rows. Choose another one if that is wrong.",
    )
    st.caption(literal(becomes[shape]))
    return HowToRead(sheet=sheet, shape=shape)


def _columns(view: UploadView, look: FirstLook) -> dict[str, str]:
    """Which column of a plain table is what."""
    known = {**suggest_mapping(look.columns), **look.mapping}
    if view.how.sheet in ("", look.sheet):
        known |= view.how.mapping
    exact = CONVERSATION in look.columns or all(name in look.columns for name in REQUIRED)
    with st.expander("Which column is what", expanded=not exact, icon=":material/view_column:"):
        st.markdown(
            "Please check what we think the columns are. You can also type where a value lies inside of a column: "
            "`input.messages[-1].content`."
        )
        mapping: dict[str, str] = {}
        for index, (name, words) in enumerate((REQUIRED | OPTIONAL).items()):
            if index % 2 == 0:  # a pair at a time: on a narrow screen the answer comes after the question
                fields = st.columns(2)
            own = find_column(look.columns, name)  # a column of our name is always read as that
            guess = known.get(name) or own or NONE
            options = [*dict.fromkeys([*([] if own else [NONE]), *look.columns, guess])]
            chosen = fields[index % 2].selectbox(
                words + (" *" if name in REQUIRED else ""),
                options,
                index=options.index(guess),
                key=f"data.column.{name}.{view.upload_id}.{look.sheet}",
                accept_new_options=True,
            )
            if chosen and chosen != NONE:
                mapping[name] = chosen
    return mapping


def _whose(view: UploadView, look: FirstLook, how: HowToRead) -> HowToRead:
    """What separates equal questions, and whose the ratings are."""
    left, right = st.columns(2)
    options = [NONE, *look.columns]
    own = view.how.context_column or look.mapping.get("context_id", "")
    context = left.selectbox(
        "What separates equal questions",
        options,
        index=options.index(own) if own in options else 0,
        key=f"data.context.{view.upload_id}.{look.sheet}",
        format_func=lambda column: "Nothing" if column == NONE else column,
        help="If the same question is asked about different things (two patients, two stories), choose the column "
        "that tells them apart. Answers are compared only within the same one.",
    )
    rater = right.text_input(
        "Whose ratings are these?",
        view.how.rater,
        key=f"data.rater.{view.upload_id}",
        max_chars=100,
        help="Used for ratings and comparisons in rows that name no rater.",
    )
    chosen = "" if context in (None, NONE) else str(context)
    return replace(how, context_column=chosen, rater=(rater or "").strip() or "imported")


def _ratings(view: UploadView, look: FirstLook, how: HowToRead) -> Ratings:
    """What the check of the whole file said about the ratings, where it read the same ones; else the first rows."""
    report = view.report
    same = (view.how.sheet, view.how.shape, view.how.mapping.get("rating")) == (
        how.sheet,
        how.shape,
        how.mapping.get("rating"),
    )
    if report is not None and same:
        asked = report.must_ask or bool(view.how.scale)
        return Ratings(report.values, asked, report.question, report.likely, of_all_rows=True)
    return Ratings(look.values, look.must_ask, look.question, look.likely, of_all_rows=False)


def _scale(view: UploadView, ratings: Ratings) -> str | None:
    """Ask what the ratings mean; the name of the scale, empty where they are taken as they are, None until chosen."""
    if not ratings.values:
        return ""
    if ratings.must_ask:
        with st.container(border=True, key="data.scale"):
            st.markdown("**What do the ratings mean?**")
            st.markdown(
                literal(ratings.question)
                if ratings.question
                else "The ratings in this file are not the whole numbers 1 to 5 that are stored here."
            )
            return _choose_scale(view, ratings)
    with st.expander("What the ratings mean: 1 to 5, as they are", icon=":material/straighten:"):
        return _choose_scale(view, ratings)


def _choose_scale(view: UploadView, ratings: Ratings) -> str | None:
    offered = dict.fromkeys([*ratings.likely[:MOST_LIKELY], *RANGES])
    options = [*([] if ratings.must_ask else [AS_GIVEN]), *offered, OTHER_RANGE]
    if len(ratings.values) <= MOST_WORDS:
        options.insert(len(options) if ratings.likely else 0, WORDS)
    before = view.how.scale
    if before and before not in options:
        before = WORDS if "=" in before and WORDS in options else OTHER_RANGE
    start = options.index(before) if before else None if ratings.must_ask else 0
    chosen = st.radio(
        "They are",
        options,
        index=start,
        format_func=_in_words,
        key=f"data.scale.{view.upload_id}.{ratings.must_ask}",
    )
    if chosen is None or chosen == AS_GIVEN:
        return None if chosen is None else ""
    name: str | None = chosen
    if chosen == OTHER_RANGE:
        name = st.text_input(
            "From the worst to the best value",
            view.how.scale if before == OTHER_RANGE else "",
            key=f"data.range.{view.upload_id}",
            placeholder="For example 0-100",
            max_chars=40,
        ).strip()
    elif chosen == WORDS:
        name = _words(view, ratings)
    if not name:
        return None
    try:
        scale = scales.named(name)
    except BadInput as error:
        st.warning(literal(str(error)), icon=":material/straighten:")
        return None
    show_scale(scale, ratings.values)
    counted = "all rows" if ratings.of_all_rows else "the first rows"
    st.caption(f"Counted in {counted}. What stands in the file is kept beside the rating.")
    return name


def _in_words(option: str) -> str:
    title = OPTIONS_IN_WORDS.get(option) or literal(scales.named(option).title)
    return title[:1].upper() + title[1:]


def _words(view: UploadView, ratings: Ratings) -> str:
    """Ask for the rating of each value; the name of that scale."""
    before = scales.named(view.how.scale) if "=" in view.how.scale else None
    st.caption("1 is the worst, 5 the best.")
    fields = st.columns(3)
    found = []
    options = [NO_RATING, "1", "2", "3", "4", "5"]
    for index, (value, count) in enumerate(ratings.values):
        known = NO_RATING if before is None else str(read_rating(before, value) or NO_RATING)
        chosen = fields[index % 3].selectbox(
            f"{literal(snippet(value, 40))} ({plural(count, 'row')})",
            options,
            index=options.index(known),
            key=f"data.word.{view.upload_id}.{value}",
        )
        if chosen and chosen != NO_RATING:
            found.append(f"{value}={chosen}")
    return ",".join(found)


def _look(page: Page, view: UploadView, how: HowToRead) -> FirstLook:
    """The first rows as they are read this way; looked up once, since reading a workbook takes a while."""
    kept: dict[str, FirstLook] = st.session_state.get(session.FIRST_LOOKS, {})
    name = f"{view.upload_id} {how.to_json()}"
    if name not in kept:
        kept = dict(list(kept.items())[-3:])
        kept[name] = uploads.first_look(page.workspace, page.user, view.upload_id, how)
        st.session_state[session.FIRST_LOOKS] = kept
    return kept[name]


def _cell(value: object) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else str(value)
