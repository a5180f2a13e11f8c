"""Names of persons in texts, found by what stands around them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_WORD = r"(?:[A-ZÀ-ÖØ-Þ]['’]?[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+(?:[-'’][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?)"
_INITIAL = r"(?:[A-ZÀ-Þ]\.)"
_FULL = rf"{_WORD}(?:\ (?:{_INITIAL}|(?:van|von|de|der|den|la|da|del|bin|al)\b|{_WORD})){{1,3}}"
_INTRODUCED = re.compile(
    rf"""(?:(?i:\b(?:patient|client|full|first|last|legal|maiden)(?:['’]?s)?\ name|\bsurname)(?:\s?[:=]|\ is)\s*
          (?P<labelled>{_WORD}(?:\ (?:{_INITIAL}|{_WORD})){{0,3}})
        |(?:^|(?<=[\n.;|]))\s*(?i:name|patient)\s?[:=]\s*(?P<line>{_FULL})(?=\s*(?:[,;|(\n]|$|\.(?:\s|$)))
        |\b(?i:my\ name\ is|my\ name['’]s)\s+(?P<own>{_WORD}(?:\ {_WORD})?)
        |\b(?:Mr|Mrs|Ms|Miss)\b\.?\s(?P<titled>{_WORD}(?:\ {_WORD})?))""",
    re.VERBOSE,
)
_TITLES = ("Mr", "Ms", "Miss ")
_PATIENT = ("patient:", "patient :", "patient=")
_RELATIVE = re.compile(
    rf"\b(?i:my)\ (?:son|daughter|wife|husband|mother|father|brother|sister|mom|dad|partner|friend),?\ (?:(?:is\ )?(?:named|called)\ )?(?P<it>{_WORD}(?:\ {_WORD})?)"
)
_CAPITALISED = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+")
_PERSON = re.compile(
    rf"(?<![\w.])(?P<given>{_WORD})(?=(?P<rest>(?: {_INITIAL})? (?P<family>{_WORD}))(?![\w'’]))"  # words may overlap
)
_CARE = re.compile(
    r"(?i)\b(admitted|allerg|asthma|blood|cancer|chemotherapy|chest pain|clinic|complain|diabet|diagnos|discharged|dosage|dose|fever"
    r"|follow-up|headache|history of|hospital|infection|insulin|medication|mg\b|mrn\b|d\.?o\.?b\b|date of birth|nausea|pain\b|patient"
    r"|pregnan|prescri|presented with|presents with|rash\b|surgery|surgical|symptom|tablet|therapy|treatment|vaccin|year[- ]old)"
)
_SHORT = 400
"""Characters up to which one word of care is enough; a longer text needs three different ones, for stories have nurses too."""
_DEGREES = r"(?:M\.?D|D\.?O|Ph\.?D|R\.?N|M\.?P\.?H|MH[AS]|MS|NP|PA-C|FACP|FAAP|FACS|DDS|PharmD|MBBS)\b"
_PROFESSION = re.compile(
    rf"(?:,? (?:Jr|Sr)\b\.?)?,? (?:{_DEGREES}|Editorial|Medical Director|(?:Associate |Assistant )?Profes)"
)
_CREDITED = re.compile(rf"(?:\bDr\.?|\bProf(?:essor|\.)?|\bby:?|\bSt\.?|\bDirector,|{_DEGREES},) $")
"""Those who treat or write are no patients."""
_NAMED_AFTER = re.compile(
    r"(?: [\w.]+){0,2}(?:['’]s)? (?:syndrome|disease|disorder|sign|test|score|scale|criteria|method|procedure|operation|law|palsy"
    r"|hospital|clinic|center|centre|university|college|institute|foundation|school|society|association|medical|health|street"
    r"|road|avenue|award|prize|act)\b",
    re.IGNORECASE,
)
_NO_NAMES = frozenset({
    "hello", "hi", "dear", "doctor", "yes", "no", "good", "thank", "thanks", "please", "the", "this", "that",
    "unknown", "none", "not", "female", "male", "denies", "reports", "states", "information", "history", "health",
    "safety", "care", "name", "date", "address", "phone", "age", "sex", "gender",
})  # fmt: skip


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("given_names.txt").read_text("utf-8").split())


def names(text: str, low: str) -> Iterator[tuple[int, int]]:
    """Where persons are named in a text, as (start, end); ``low`` is the text in lower case, of the same length.

    A name is believed when somebody is introduced by it ("my name is", "Patient:", "my son"), or when a common given name
    or Mr, Mrs, Ms stands before it in a text that speaks of care. Those who treat or write ("Dr.", "MD", "reviewed by")
    and what is named after somebody ("... syndrome", "... Hospital") are left out.
    """
    introduced = any(title in text for title in _TITLES) or "name" in low or any(hint in low for hint in _PATIENT)
    for match in _INTRODUCED.finditer(text) if introduced else ():
        group = match.lastgroup or ""
        if match[group].split()[0].casefold() in _NO_NAMES:
            continue
        if group == "titled" and not _speaks_of_care(text):
            continue
        yield match.span(group)
    for match in _RELATIVE.finditer(text) if "my " in low else ():
        if match["it"].split()[0] in _given_names():
            yield match.span("it")
    if _given_names().isdisjoint(_CAPITALISED.findall(text)):
        return
    for match in _PERSON.finditer(text):
        if match["given"] not in _given_names() or match["family"].casefold() in _NO_NAMES:
            continue
        end = match.end("rest")
        if _NAMED_AFTER.match(text, match.end("given")) or _PROFESSION.match(text, end):
            continue
        if _CREDITED.search(text, max(0, match.start() - 20), match.start()) is None and _speaks_of_care(text):
            yield match.start(), end


def _speaks_of_care(text: str) -> bool:
    wanted = 1 if len(text) <= _SHORT else 3
    seen: set[str] = set()
    for match in _CARE.finditer(text):
        seen.add(match[1].casefold())
        if len(seen) >= wanted:
            return True
    return False
