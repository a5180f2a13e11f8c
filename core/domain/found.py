"""What is looked for in texts: kinds of personal identifiers, and where one stands."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found; the word is what stands in its place."""

    NAME = "name"
    BIRTH_DATE = "date of birth"
    DATE = "date"
    AGE = "age over 89"
    PHONE = "phone"
    EMAIL = "e-mail"
    ADDRESS = "address"
    RECORD_NUMBER = "record number"
    NUMBER = "number"
    VEHICLE = "vehicle"
    DEVICE = "device"
    LINK = "link"
    NETWORK = "network address"
    BIOMETRIC = "biometric code"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Found:
    """One identifier in a text; ``kind`` is a Kind, or what the site's own function calls it."""

    start: int
    end: int
    kind: str
