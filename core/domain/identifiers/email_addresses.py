"""E-mail addresses as they are compared: the twenty-six ASCII letters have no case, every other letter is itself."""

import string

_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(address: str) -> str:
    """An address in the one form in which it is kept and compared.

    ASCII only: casefolding would make one address of ``ſam`` and ``sam``, of a Kelvin sign and ``k``, of ``ß`` and
    ``ss``, and to a mail server those are different people.
    """
    return address.translate(_SMALL)
