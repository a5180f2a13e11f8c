"""Cells that a spreadsheet would run as formulas, made harmless in csv and restored when our own csv is read.

What counts as dangerous follows OWASP's "CSV Injection", also after leading blanks, since some programs trim cells.
An apostrophe in front makes a cell text. A text that already looks neutralised gets one more, so that taking one away
always gives back the original.
"""

import re

_DANGEROUS = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def neutralise(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would calculate it."""
    return "'" + text if _DANGEROUS.match(text) else text


def restore(cell: str) -> str:
    """What ``neutralise`` was given."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell) else cell
