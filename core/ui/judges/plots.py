"""What a judge's scores mean in experts' ratings, drawn."""

import plotly.graph_objects as go

from core.domain.ratings import MAX_RATING, MIN_RATING
from core.reward.judges.calibration import ScoreMap
from core.ui.report.plots import ORANGE, TEAL, error_bars, without_tools


def map_figure(found: ScoreMap) -> go.Figure:
    """The line from score to rating, and what experts say of answers with similar scores, with ranges."""
    figure = go.Figure()
    figure.add_scatter(
        x=[group.score for group in found.groups],
        y=[group.rating.value for group in found.groups],
        error_y=error_bars([group.rating for group in found.groups]),
        name="Experts say",
        mode="markers",
        marker={"color": ORANGE, "size": 9, "symbol": "square"},
        text=[f"{group.answers:,} answers" for group in found.groups],
        hovertemplate="%{text}<br>middle score %{x:.3g}<br>mean rating %{y:.2f}<extra></extra>",
    )
    figure.add_scatter(
        x=[score for score, _ in found.points],
        y=[rating for _, rating in found.points],
        name="The score reads as",
        mode="lines",
        line={"color": TEAL, "width": 3},
        hovertemplate="score %{x:.3g}<br>reads as %{y:.1f}<extra></extra>",
    )
    figure.update_xaxes(title="Score of the judge", zeroline=False)
    figure.update_yaxes(
        title="Rating of experts",
        range=[MIN_RATING - 0.2, MAX_RATING + 0.2],
        tickvals=list(range(MIN_RATING, MAX_RATING + 1)),
        zeroline=False,
    )
    return without_tools(figure, 340)
