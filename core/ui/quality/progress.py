"""Progress: how many ratings each person gives, day by day, against a target that a lead sets here."""

import streamlit as st

from core.domain.progress import MOST_PER_DAY, RatingTarget
from core.domain.roles import User
from core.domain.texts import plural
from core.services.review.progress import PersonProgress, Progress, by_person_and_day, change_target
from core.ui.quality.agreement import day_name
from core.ui.quality.tables import table_with_csv
from core.ui.shell import session
from core.ui.shell.errors import act
from core.ui.shell.name_prompt import actor
from core.ui.shell.page import Page
from core.ui.shell.texts import literal
from core.ui.training.readiness import ratings_per_day

WHAT_COUNTS = (
    "A rating counts on the day on which it was given, by the clock of the server; one that was withdrawn or undone "
    "does not count, and neither do imported ones. The target is about Monday to Friday, beginning on the day after a "
    "person came; ratings of a weekend and of today count too. A lead is measured by it only if they rate."
)


def progress_panel(page: Page, user: User) -> None:
    """Show who gave how many ratings on each of the last days, and who is behind."""
    found = by_person_and_day(page.workspace, user)
    _target(page, found.target)
    if not found.people:
        st.info("There is nobody here yet who could rate.", icon=":material/groups:")
        return
    _behind(found)
    days = len(found.days)
    active = [person for person in found.people if person.given]
    if active:
        st.subheader(f"Ratings of the last {days} days", anchor=False)
        total = sum(person.given for person in active)
        st.plotly_chart(
            ratings_per_day(
                [
                    (day, person.name, number)
                    for person in active
                    for day, number in zip(found.days, person.per_day, strict=True)
                ]
            ),
            key="quality.per_day",
            config={"displayModeBar": False},
            alt=f"{plural(total, 'rating')} of {plural(len(active), 'person', 'people')} by day; the table below says "
            "the same.",
        )
    else:
        st.info(f"Nobody gave a rating in the last {days} days.", icon=":material/event_busy:")
    table_with_csv([_row(found, person) for person in found.people], key="quality.progress", file="ratings-per-day.csv")
    st.caption(WHAT_COUNTS)


def _target(page: Page, now: RatingTarget) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Ratings per person and workday (0: no target)",
            0,
            MOST_PER_DAY,
            now.per_day,
            key="quality.target",
            width=320,
        )
        st.button("Save", key="quality.target_save", on_click=_save_target, args=(page,))


def _behind(found: Progress) -> None:
    """Say in words who is behind, by how much."""
    target = found.target.per_day
    if not target:
        st.markdown("No target is set. With one, this page says who is behind.")
        return
    behind = sorted((person for person in found.people if person.missing), key=lambda person: -person.missing)
    if not behind:
        st.success(
            f"Nobody is behind the target of {plural(target, 'rating')} per person and workday.",
            icon=":material/check_circle:",
        )
        return
    st.warning(
        "\n".join(
            [
                f"Behind the target of {plural(target, 'rating')} per person and workday, since "
                f"{day_name(found.days[0])}:",
                "",
                *(f"- {behind_sentence(person)}" for person in behind),
            ]
        ),
        icon=":material/schedule:",
    )


def behind_sentence(person: PersonProgress) -> str:
    """How many ratings a person gave, how many were wanted, and how many are missing."""
    given = f"{person.given:,}" if person.given else "none"
    return f"{literal(person.name)} gave {given} of {plural(person.wanted, 'rating')}; {person.missing:,} are missing."


def _row(found: Progress, person: PersonProgress) -> dict[str, str]:
    row = {"Person": person.name}
    if found.target.per_day:
        row["Behind by"] = f"{person.missing:,}" if person.wanted else "–"
    row["All days"] = f"{person.given:,}"
    latest_first = zip(reversed(found.days), reversed(person.per_day), strict=True)
    return row | {day_name(day): f"{number:,}" for day, number in latest_first}


@act
def _save_target(page: Page) -> None:
    user = actor(page)
    if user is None:
        return
    change_target(page.workspace, user, RatingTarget(int(st.session_state["quality.target"])))
    session.toast("Saved.")
