"""Names that people can say for model versions: Model 3, 28 Nov."""

from datetime import datetime


def model_name(run_id: int, created_at: datetime, *, today: datetime) -> str:
    """Name of the version that training ``run_id`` made; the year only where it is not that of ``today``."""
    made, now = created_at.astimezone(), today.astimezone()
    year = "" if made.year == now.year else f" {made.year}"
    return f"{short_name(run_id)}, {made.day} {made:%b}{year}"


def short_name(run_id: int) -> str:
    """Name without the date, for sentences that are masked: Model 3."""
    return f"Model {run_id}"
