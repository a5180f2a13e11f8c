"""``agreement``: how far the raters agree."""

import argparse

from core.cli.output import Done, in_words, say
from core.domain.roles import COMMAND_LINE
from core.services.workspace import open_workspace


def agreement(options: argparse.Namespace) -> Done:
    """Measure and print it."""
    from core.services.review.agreement import measure, to_json  # loads scikit-learn

    found = to_json(measure(open_workspace(), COMMAND_LINE))
    say(
        f"Krippendorff's alpha (ordinal): {in_words(found['alpha'])}, over {found['items']:,} answers with several "
        "ratings."
    )
    if found["items"]:
        say(
            f"Two ratings of one answer are equal in {in_words(found['exact'])} and within 1 in "
            f"{in_words(found['within_1'])}."
        )
    for pair in found["pairs"]:
        one, other = pair["raters"]
        say(f"  {one} and {other}: weighted kappa {in_words(pair['kappa'])} on {pair['items']:,} answers")
    return found, 0
