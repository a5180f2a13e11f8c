"""Identifiers that are written in digits or as an address of some kind: dates, numbers, places, links.

Most rules look for a word that says what a number is, because a number alone is anything. They read only around digits,
and every one of them looks at a bounded piece of text around what it found: the time grows with the length of a text.
"""

import ipaddress
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import lru_cache

from core.domain.found import Found, Kind
from core.domain.identifiers.person_names import lower_given_names
from core.domain.identifiers.word_lists import word_list

_BEFORE, _AFTER = 70, 50
"""Characters around a digit in which the word that explains it can stand."""


def in_digits(text: str, low: str) -> Iterator[Found]:
    """Everything written with digits; ``low`` is the text in lower case, of the same length."""
    hotlines = _Hotlines(text)
    parts = list(_around_digits(text))
    if parts:  # one look at the whole text each, and most texts need none of the slow rules
        separated = _SEPARATED.search(text) is not None
        dated = separated or (_holds(low, _MONTH_HINTS) and _MONTH_WORD.search(low) is not None)
        digits = sum(map(len, _DIGITS.findall(text)))
        old = "9" in text or "10" in text or "11" in text
        long = _LONG.search(text) is not None
        house = _HOUSE.search(text) is not None or _FIVE.search(text) is not None
        for start, end in parts:
            if dated:
                yield from _dates(text, low, start, end)
            if old:
                yield from _ages(low, start, end)
            if long:
                yield from _labelled(text, low, start, end)
            if digits >= _LEAST_PHONE:
                yield from _phones(text, low, start, end, hotlines)
            if digits >= _LEAST_PHONE or ":" in text or _REGISTERED.search(text):
                yield from _formats(text, low, start, end)
            if house:
                yield from _addresses(text, low, start, end)
    if "@" in text:
        yield from _emails(text, hotlines)


def without_digits(text: str, low: str) -> Iterator[Found]:
    """Links, names of users, photographs and places where somebody lives."""
    if "www." in low or "://" in low or ".com/" in low or ".net/" in low or ".org/" in low or ".de/" in low:
        yield from _links(text, low)
    if _holds(low, _PICTURES):
        yield from _matches(_PHOTO, low, Kind.PHOTO, holds=lambda name: not _DRAWING.match(name))
    if _holds(low, _USER_HINTS):
        yield from _matches(_USER, low, Kind.NUMBER, holds=lambda name: name not in _NO_USERS)
    if "u/" in low:
        yield from _matches(_FORUM_USER, low, Kind.NUMBER)
    if _holds(low, _HOME_HINTS):
        yield from _matches(_HOME, text, Kind.ADDRESS, holds=lambda place: place not in _LARGE)
    if len(text) <= _SHORT and (", " in text):
        for match in _TOWN_AND_STATE.finditer(text):
            if not _OFFICE.search(text):
                yield Found(*match.span("it"), Kind.ADDRESS)
    if " County" in text:
        yield from _matches(_COUNTY, text, Kind.ADDRESS)
    if "ninety" in low or "hundred" in low or "neunzig" in low:
        yield from _matches(_AGE_IN_WORDS, low, Kind.AGE)
        yield from _matches(_NINETY, low, Kind.AGE)


def _matches(
    pattern: re.Pattern[str],
    text: str,
    kind: Kind,
    start: int = 0,
    end: int = sys.maxsize,
    holds: Callable[[str], bool] = lambda found: True,
) -> Iterator[Found]:
    """What the pattern's group ``it`` found and ``holds`` believes."""
    for match in pattern.finditer(text, start, end):
        if holds(match["it"]):
            yield Found(*match.span("it"), kind)


def _holds(low: str, hints: tuple[str, ...]) -> bool:
    for hint in hints:  # noqa: SIM110  several times faster than any() with a generator
        if hint in low:
            return True
    return False


_DIGITS = re.compile(r"[0-9]+")
_SEPARATED = re.compile(r"[0-9][./-][0-9]")
_LONG = re.compile(
    r"[0-9][0-9 ().:/-]{0,3}[0-9][0-9 ().:/-]{0,3}[0-9]|[A-Za-z_-][0-9]{1,2}[A-Za-z-]|[0-9][A-Za-z-]{1,3}[0-9]"
    r"|[A-Za-z][0-9]{2}|:"
)
"""A number of three digits, or one with letters in it."""
_HOUSE = re.compile(
    r"[0-9][A-Za-z]?[ ,][ A-Z0-9]|(?:[sS]tr|[wW]eg|[pP]latz|[aA]llee|[gG]asse)\S{0,4} [0-9]|[bB][oO][xX] [0-9]"
)
_FIVE = re.compile(r"[0-9]{5}|[A-Z][0-9]")
_REGISTERED = re.compile(r"[A-Z]{2} ?[0-9]{2}")
_LEAST_PHONE = 4
_MONTH_WORD = re.compile(
    r"\b(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|christmas|new year|thanks|easter|hallow"
    r"|indep|valen)"
)
_MONTH_HINTS = (
    "jan",
    "feb",
    "mar",
    "mär",
    "apr",
    "may",
    "mai",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "okt",
    "nov",
    "dec",
    "dez",
    "christmas",
    "new year",
    "thanksgiving",
    "easter",
    "halloween",
    "independence",
    "valentine",
)


def _around_digits(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text in which something written in digits can be; they do not overlap."""
    start = end = -1
    for match in _DIGITS.finditer(text):
        if start >= 0 and match.start() - _BEFORE > end:
            yield start, end
            start = -1
        start = max(0, match.start() - _BEFORE, end if end > 0 else 0) if start < 0 else start
        end = match.end() + _AFTER
    if start >= 0:
        yield start, end


# --- dates and ages -------------------------------------------------------------------------------------------------

_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\b\.?"
)
_DATE = re.compile(
    rf"""(?<![\w.,/$€£%:-])(?:
        (?P<plain>\d{{1,2}}(?P<sep>[./-])\d{{1,2}}(?P=sep)(?:(?:19|20)\d\d|\d\d)|(?:19
            |20)\d\d(?P<by>[./-])[01]?\d(?P=by)[0-3]?\d(?=t\d|\b))
        |(?P<day>[0-3]?\d(?:st|nd|rd|th)?\.?(?:\ |-|\ of\ ){_MONTH}(?P<day_year>,?[\ -](?:(?:19|20)?\d\d)(?![\d:]))?)
        |(?P<month>{_MONTH}\ (?:the\ )?[0-3]?\d(?:st|nd|rd|th)?(?![\d:])(?P<month_year>,?\ (?:19|20)\d\d)?)
        |(?P<vague>{_MONTH},?\ (?:of\ )?(?:19|20)\d\d|[01]?\d/(?:19|20)\d\d)
        |(?P<short>[0-3]?\d/[0-3]?\d(?!\d)|[0-3]?\d\.[01]?\d\.)
        |(?P<feast>(?:christmas(?:\ day|\ eve)?|new\ year['’]s(?:\ day|\ eve)?|thanksgiving|easter(?:\ sunday|\ monday)?
            |halloween|independence\ day|valentine['’]s\ day),?\ (?:of\ )?(?:19|20)\d\d)
    )(?![\w%/-]|[.,]\d|t\b)""",
    re.VERBOSE,
)
_ISO_WITH_TIME = re.compile(r"(?<![\w./-])(?P<it>(?:19|20)\d\d-[01]\d-[0-3]\d)(?=t[0-2]\d:)")
_BORN = re.compile(
    r"(?:\bd\.?o\.?b\b\.?|date of birth|birth\s?date|birthday|\bborn|\bgeb(?:oren|\.)|geburtsdatum)(?:[\s:=,-]|\b(?:is"
    r"|was|on|am)\b){1,8}$"
)
_PUBLISHED = re.compile(
    r"updat|publi[sc]|review|revis|retriev|accessed|copyright|©|\bposted|issue|releas|approv|\beffective|version"
    r"|edition|guidelin|guidance|recommendations|\bfda\b|announc|founded|\bstud(?:y|ies)\b|\btrial|survey|registry"
    r"|conference|journal|\bet al|recall|outbreak|pandemic|declared|awareness|launched|census|\bavailable|\blaw\b"
    r"|legislation|\bact\b|modified|last edit|archiv|stand:|leitlinie|\bworld\b|\bfrom:? \d{4} to\b|volume|\bvol\b"
    r"|\bissn|\bpage\b|patent|\bepub|\bdoi\b|expire|\bcdc\b|\bwho\b said"
)
_OWN = re.compile(
    r"\b(?:i|my|he|she|his|her|pt|patient|s/p|diagnosed|admitted|surgery|operation|operated|discharged|died|passed"
    r"|stroke|cabg|underwent|birth|born|biopsy|transplant|miscarriage|last seen|removed|had|mi|husband|wife|mother"
    r"|father|son|daughter|er|sie|patientin)\b"
)
_ON = re.compile(
    r"\b(?:on|since|until|till|from|through|by|before|after|admitted|discharged|seen|visit|appointment|dated?|scheduled"
    r"|and|am|seit|vom|bis|of|the|(?:mon|tues|wednes|thurs|fri|satur|sun)day,?)[\s:]{1,3}$"
)
_NO_DATE_AFTER = re.compile(
    r"\s?(?:mg|mcg|ml|g\b|kg|%|units?|hours?|days?|weeks?|months|years?|times|doses?|tablets?|mmhg|patients|people"
    r"|of the|out|scale|points?|occasions|pain|in size|cm|mm|inch|and (?:over|up))"
)


def _dates(text: str, low: str, start: int, end: int) -> Iterator[Found]:
    for match in _ISO_WITH_TIME.finditer(low, start, end):
        yield Found(*match.span("it"), Kind.DATE)
    last_end = -_BEFORE
    for match in _DATE.finditer(low, start, end):
        at = match.start()
        groups = match.groupdict()
        before = low[max(0, at - 80) : at]
        if _BORN.search(before[-40:]) and (groups["plain"] or groups["day"] or groups["month"] or groups["vague"]):
            yield Found(*match.span(), Kind.BIRTH_DATE)
            continue
        sentence = _this_sentence(before)
        if _NO_DATE_AFTER.match(low, match.end()) or _PUBLISHED.search(sentence) or _AFTER_YEAR.search(before):
            continue
        if groups["plain"]:
            believed = _is_day(groups["plain"]) and (
                groups["sep"] == "/"
                or (bool(_YEAR.search(groups["plain"])) and not before.endswith("version "))
                or bool(_ON.search(before))
            )
        elif groups["vague"]:
            believed = _OWN.search(sentence) is not None and not before.endswith((" before ", " after "))
        elif groups["short"]:
            believed = (
                _ON.search(before) is not None
                and _is_day(groups["short"] + "/20")
                and not before.endswith((" by ", " of ", " the ", " and ", " from ", " to ", " or "))
            )
            believed |= _is_day(groups["short"] + "/20") and at - last_end <= 6
        elif groups["feast"] or groups["day_year"] or groups["month_year"]:
            believed = True
        else:  # a day and a month: "may" and "march" are words too
            believed = match[0].lstrip("0123456789")[:1] != "" and (
                _ON.search(before) is not None or _MONTH_CAPITAL.search(text, at, match.end()) is not None
            )
        if believed:
            last_end = match.end()
            yield Found(*match.span(), Kind.DATE)


_AFTER_YEAR = re.compile(r"(?:19|20)\d\d,? $")
"""References have the year first: "2014 Aug 5"."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH_CAPITAL = re.compile(r"\b[A-ZÄ][a-zäA-Z]{2}")
_SENTENCE_END = re.compile(r"(?:[.!?]\s+(?=\S)|\n)")


def _is_date(written: str) -> bool:
    match = _DATE.match(written)
    return match is not None and (match["plain"] is None or _is_day(match["plain"]))


def _this_sentence(before: str) -> str:
    """What stands before in the same sentence."""
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before


def _is_day(written: str) -> bool:
    parts = [int(part) for part in re.split(r"[./-]", written) if part]
    if len(written.split("-")[0].split("/")[0].split(".")[0]) == 4:
        parts = parts[1:]
    first, second = parts[0], parts[1]
    return 1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12


_OLD = r"(?:9\d|1[01]\d)"
_AGE = re.compile(
    rf"""(?<![\w.,/$-])(?:
        (?P<old>{_OLD}[\ -]?(?:years?|yrs?|yr|jahre?)[\ -](?:old|of\ age|alt))
        |(?P<short>{_OLD}[\ -]?(?:y\.?/?o\.?\b|yr\b|y\b|[mf]\b(?!\w)|-?jährige[rnsm]?))
        |(?:age[ds]?|aged|alter|at\ the\ age\ of|at\ age|turned|turning)(?:\ of|:|\ is
        |\ was)?\ (?P<aged>{_OLD}(?:\ years?(?:\ old|\ of\ age)?)?)(?![\d%]|[.,]\d|\ (?:hours|days|weeks|months
        |minutes))
        |\b(?:he|she|grandma|grandpa|grandmother|grandfather|mother|father|mom|dad|aunt|uncle|patient|who)(?:\ is|\ was
        |['’]s)\ (?P<is>{_OLD})(?=[\s]?(?:[.,;!?)]|$|and\b|now\b|but\b))
    )""",
    re.VERBOSE,
)
_RANGE_BEFORE = re.compile(r"(?:over|above|under|below|than|to|until|and|or|least|[-–><≥≤+]|between|beyond|past)\s?$")
_RANGE_AFTER = re.compile(r"\s?(?:[-–+]|to\b|and (?:over|older|above|up)|or (?:over|older|more|above)|or older)")
_PLURAL_BEFORE = re.compile(
    r"\b(?:adults?|people|patients|persons|those|women|men|individuals|anyone|everyone|subjects"
    r"|participants) (?:who are |aged? )?$"
)


def _ages(low: str, start: int, end: int) -> Iterator[Found]:
    for match in _AGE.finditer(low, start, end):
        group = match.lastgroup or ""
        before = low[max(0, match.start() - 25) : match.start()]
        if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(low, match.end()) or _PLURAL_BEFORE.search(before):
            continue
        yield Found(*match.span(group), Kind.AGE)


_AGE_IN_WORDS = re.compile(
    r"\b(?P<it>(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one"
    r"|a) hundred(?: and \w{3,8})?)[- ]years?[- ]old)\b"
)
_NINETY = re.compile(
    r"\b(?:is|turned|turning|aged|age|was) (?P<it>ninety(?:[- ](?:one|two|three|four|five|six|seven|eight"
    r"|nine))?)\b(?! (?:percent|minutes|days|degrees|per|hours|seconds|miles|dollars))"
)

# --- telephone and e-mail -------------------------------------------------------------------------------------------

_PHONE = re.compile(
    r"""(?<![\w.,/$€£%-])(?P<it>
        \+\d{1,3}[ ().\-/]{0,2}\d(?:[ ().\-/]{0,2}\d){5,12}                   # with a country code
        | (?:1[ .-])?(?:\(\d{3}\)[ .-]?|\d{3}[.-]|\d{3}[ ](?=\d{3}-))\d{3}[ .-]\d{4}   # 202-456-1111, (202) 456-1111
        | 0\d{2,4}[ /]\d{3,8}(?:[ -]\d{2,4}){0,2}
        | 0\d(?:[ .]\d\d){4}       # 07700 900461, 0221 4710815, 06 12 34 56 78
    )(?![\w%]|[.,-]\d)""",
    re.VERBOSE,
)
_LABELLED_PHONE = re.compile(
    r"""\b(?:phone|telephone|tel|telefon|mobile|mobil|handy|cell|cellphone|fax|whatsapp|text\ me|pager|beeper
        |contact\ number
            |my\ number|(?:call|reach)(?:ed)?(?:\ (?:me|us|him|her|them))?)
        (?:\ (?:number|no\.?|is|at|on|back|back\ at|me|nr\.?))*\b[\s.:=\#]{1,3}(?P<it>[(+]?\d(?:[ .\-/]\d|[)]\ ?\d
            |\d){3,14})(?![\w%]|[.,-]\d)""",
    re.VERBOSE,
)


def _phones(text: str, low: str, start: int, end: int, hotlines: "_Hotlines") -> Iterator[Found]:
    for match in _PHONE.finditer(text, start, end):
        number = match["it"]
        if number.startswith("0"):
            if not 9 <= sum(letter.isdigit() for letter in number) <= 13 or number.startswith(_FREE):
                continue
        elif not _is_possible(number) or _is_free(number):
            continue
        yield Found(*match.span("it"), Kind.PHONE)
    for match in _LABELLED_PHONE.finditer(low, start, end):
        number = match["it"]
        digits = sum(letter.isdigit() for letter in number)
        if digits < (4 if match[0].startswith(("pager", "beeper")) else 6) or _DATE.fullmatch(number):
            continue
        if not _is_free(number) and not number.startswith(_FREE):
            yield Found(*match.span("it"), Kind.PHONE)


_FREE = ("0800", "0808", "0845", "0870", "0180", "0900", "0300", "0700", "030 19240")


@lru_cache(maxsize=1024)
def _is_possible(number: str) -> bool:
    """Whether a number is of a length that exists; its place need not exist: 555 is as good as another."""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "US"))
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=1024)
def _is_free(number: str) -> bool:
    """Whether it costs nothing to call, as hotlines do, or is a service's number."""
    import phonenumbers
    from phonenumbers import PhoneNumberType as Type

    services = {Type.TOLL_FREE, Type.PREMIUM_RATE, Type.SHARED_COST, Type.UAN, Type.VOICEMAIL}
    try:
        return phonenumbers.number_type(phonenumbers.parse(number, "US")) in services
    except phonenumbers.NumberParseException:
        return False


class _Hotlines:
    """Where numbers stand that are free to call; looked for once, and only when somebody asks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at: list[int] | None = None

    def near(self, start: int, end: int) -> bool:
        """Whether one stands within ``_NEAR`` characters."""
        if self._at is None:
            self._at = [match.start() for match in _PHONE.finditer(self._text) if _is_free(match["it"])]
        place = bisect_left(self._at, start - _NEAR)
        return place < len(self._at) and self._at[place] < end + _NEAR


_EMAIL = re.compile(
    r"(?<![\w.+-])(?P<it>(?P<box>[\w.+-]{1,64})@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[A-Za-z]{2,24})(?![\w@-])"
)
_DESKS = frozenset(
    {
        "admin",
        "appointments",
        "billing",
        "contact",
        "customerservice",
        "enquiries",
        "feedback",
        "hello",
        "help",
        "helpdesk",
        "hotline",
        "info",
        "information",
        "inquiries",
        "mail",
        "noreply",
        "no-reply",
        "office",
        "press",
        "reception",
        "sales",
        "service",
        "support",
        "team",
        "webmaster",
    }
)
_NEAR = 60
"""Characters from a hotline's number in which an e-mail address is the hotline's."""


def _emails(text: str, hotlines: _Hotlines) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        if match["box"].casefold() not in _DESKS and not hotlines.near(match.start(), match.end()):
            yield Found(*match.span("it"), Kind.EMAIL)


# --- numbers with a word that says what they are --------------------------------------------------------------------

_NUMBER_WORD = r"(?:numbers?\b|num\b\.?|nr\b\.?|no\b\.?|ids?\b|identifier|identification|code\b|\#|nummer)"
_LABEL = re.compile(
    rf"""(?<![\w«])(?:
    (?P<record>mrn\b|m\.r\.n\.|ssn\b|nhs\b(?!\.)|nino\b|social\ security|social(?=\ (?:is|number|no|\#)|:)
        |med(?:ical)?\.?\ rec(?:ord)?s?\.?|tax\ id|ni\ number|chi\ number
        |(?:medical\ record|health\ record|chart|hospital|patient|pt|record|case|encounter|visit|accession|specimen
        |sample|lab|requisition|referral
          |prescription|rx|order|study|subject|participant|file|incident|confirmation|tracking|booking|reference|ref
          |admission|episode
          |pathology|unit|national|resident|citizen|personal|research|donor|recipient|worker|invoice|tissue|barcode
          |wristband)s?['’]?s?\ ?{_NUMBER_WORD}
        |fallnummer|patientennummer|aktenzeichen|sozialversicherungsnummer)
    |(?P<plan>medicare|medicaid|hicn|mbi\b|subscriber|beneficiary|policyholder|versichertennummer
    |krankenversicherungsnummer|kvnr|versicherungsnummer
        |(?:health\ (?:plan|card|insurance)|member(?:ship)?|policy|group|insurance|plan|claim|coverage|authorization
        |blue\ cross|aetna|cigna|kaiser|humana)s?\ ?(?:member\ )?{_NUMBER_WORD})
    |(?P<account>iban\b|acct\b\.?|a/c\b|(?:bank|savings|checking|credit\ card|debit\ card|card|account|routing|customer
    |client|loyalty|visa|mastercard|gift\ card)\ ?{_NUMBER_WORD}
        |(?:account|card|visa|mastercard)\ ending(?:\ in|\ with)?|credit\ card|debit\ card|bank\ account|kontonummer
        |kundennummer)
    |(?P<licence>(?:driver['’]?s?['’]?|driving|nursing|medical|professional|pilot['’]?s?|state|marriage|rn|pharmacy
    |physician|dental)\ licen[cs]es?|licen[cs]e\ ?{_NUMBER_WORD}|dea\b|npi\b|passport
        |(?:certificate|certification|permit|registration|badge|employee|employer|student|staff|visa|id\ card
        |identity\ card|green\ card|military|veteran|inmate|dl)\ ?{_NUMBER_WORD}
        |birth\ certificate|death\ certificate|führerschein(?:nummer)?|personalausweis(?:nummer)?|reisepass)
    |(?P<vehicle>(?:licen[cs]e\ |number\ |registration\ |car\ |vehicle\ |temporary\ |tag\ )?plates?\b|vin\b|(?:vehicle
    |car)\ (?:registration|identification|tag)|license\ tag
        |kfz|(?:amtliches\ )?kennzeichen|(?:registration|reg)(?:\ {_NUMBER_WORD})?(?=\ [a-z]{{2}}\d\d))
    |(?P<device>serial(?:\ {_NUMBER_WORD})?|s/n\b|sn\b|udi\b|imei\b|seriennummer|(?:device|implant|pump|pacemaker
    |equipment|asset|transmitter|unit)\ ?{_NUMBER_WORD}|mac\ address)
    |(?P<biometric>finger\s?prints?|thumb\s?print|retina(?:l)?\ (?:scan|image|code|id)|iris(?:\ scan|\ code|\ image
    |\ id)?|voice\s?(?:print|sample)|face\s?print|facial|palm(?:\s?print|\ vein)?|biometric|dna\ (?:profile|sample|id)
    |gait)
    )(?![a-z])""",
    re.VERBOSE,
)
_KINDS = {
    "record": "RECORD_NUMBER",
    "plan": "RECORD_NUMBER",
    "account": "NUMBER",
    "licence": "NUMBER",
    "vehicle": "VEHICLE",
    "device": "DEVICE",
    "biometric": "BIOMETRIC",
}
_ID = (
    r"(?P<it>(?=[a-z/_-]{0,12}\d)[a-z\d](?:[a-z\d*_]|[-/.:](?=[a-z\d])){0,40}"
    r"(?:\ (?=[a-z]{0,3}\d)(?!\d{1,3}\ ?(?:mg|ml|y|mcg|kg|%|days?|hours?|times|am"
    r"|pm)\b)[a-z\d-]{2,6}(?![\w/.]\d)){0,6})(?![\w%])"
)
_TIGHT = re.compile(
    rf"(?:['’]s)?(?:\ ?(?:{_NUMBER_WORD}|card|plate|scan|template|hash|record|ending|in|with|of|as|is|was|reads|read"
    rf"|are|were|ist|lautet|device|pump)|[\s:=#.,(\[-]){{0,8}}{_ID}"
)
_LOOSE = re.compile(rf"[^.;!?\n\d«»]{{0,40}}?(?<![\w.])(?P<gap>){_ID}")
_PLATE = re.compile(
    r"[^.;!?\n\d«»]{0,40}?(?<![\w.])(?P<it>(?!or|and|in|of|to|is|was|no|nr|for|the|at|on"
    r"|a\ )[a-z]{1,3}(?:-[a-z]{1,2})?[ -](?=\d)[\da-z-]{2,8}|\d{2,4}[ -][a-z]{2,3}"
    r"|(?=[a-z]{0,6}\d)(?=\d{0,6}[a-z])[a-z\d]{4,9}(?:[ -][a-z\d]{2,4})?)(?![\w%])"
)
_NO_ID_AFTER = re.compile(
    r"\s?(?:mg|mcg|ml|kg|cm|mm|%|bpm|patients|people|deaths|cases|days|weeks|months|years|hours|year|ecgs|times|miles"
    r"|dollars)"
)
_OTHER_CODE = re.compile(
    r"(?:nct|isrctn|pmid|pmc|icd|cpt|rs|loinc|doi|isbn|issn|eudract)[- ]?\d+(?:\.\d+)?$|10\.\d{4}|(?:19|20)\d\d$"
)
_WEAK = re.compile(
    r"(?<![\w«])(?:account|acct\.?|policy|member|encounter|record|chart|case|claim|patient|pt|participant|subject"
    r"|barcode|confirmation|order|routing|card|badge|employee|student|group|specimen|sample|accession|unit|hospital"
    r"|ref|reference|invoice|booking|cdl|licen[cs]e|lic\.?|permit|transmitter|device|pump|monitor|sensor|ticket"
    r"|voucher|wristband|visit|admission|insurance|subscriber|plan|donor|client|customer|tracking|receipt|transaction"
    r"|passport|certificate|registration|code|token|pin|password|hash|identifier|mychart|folder|file|referral"
    r"|requisition|prescription|rx|implant|prosthesis|stent|pacemaker|defibrillator|glucometer|meter|machine"
    r"|ventilator|wheelchair|scooter|laptop)(?: was| is| reads)?(?:[:#] ?| [#(]?"
    r"|, )(?P<it>(?:[a-z]{1,3} (?=\d))?(?=[a-z/_-]{0,8}\d)(?!\d{1,4}(?:[ ,.;:)]"
    r"|$))[a-z\d]{1,24}(?:[-/_][a-z\d]{1,16}){0,5}(?: \d{2,6}){0,4})(?![\w%]|[.,]\d)"
)
_ANY_NUMBER = re.compile(
    r"(?<![\w«])(?:number|no\.|id|code|#|token"
    r"|reference)[:\s]{1,2}(?P<it>(?=[a-z-]{0,8}\d)(?=[\d-]{0,12}[a-z])[a-z\d]{2,20}(?:-[a-z\d]{2,12}){0,3})(?![\w.%])"
)


def _labelled(text: str, low: str, start: int, end: int) -> Iterator[Found]:
    for match in _LABEL.finditer(low, start, end):
        kind = Kind[_KINDS[str(match.lastgroup)]]
        found, least = _TIGHT.match(low, match.end(), match.end() + 90), 3
        if match.lastgroup == "vehicle":
            found = _PLATE.match(low, match.end(), match.end() + 70) or found
        elif found is None:
            found, least = _LOOSE.match(low, match.end(), match.end() + 110), 4
        if found is None or _NO_ID_AFTER.match(low, found.end()):
            continue
        written = found["it"]
        if _PHONE.fullmatch(written) and _is_free(written):
            continue
        enough = match.lastgroup in ("vehicle", "biometric") or _count_digits(written) >= least
        if len(written) < 4 or not enough or _OTHER_CODE.match(written):
            continue
        if _is_date(written) or (kind is not Kind.DEVICE and _A_DOSE.match(low, found.start("it"))):
            continue
        yield Found(*found.span("it"), kind)
    for match in _WEAK.finditer(low, start, end):
        written = match["it"]
        mixed = not written.replace("-", "").replace(" ", "").isdigit()
        if _count_digits(written) < (4 if mixed else 6) and not (
            mixed and len(written) >= 6 and _count_digits(written) >= 3
        ):
            continue
        if (
            _OTHER_CODE.match(written)
            or _is_date(written)
            or _NO_ID_AFTER.match(low, match.end())
            or _A_DOSE.match(written)
        ):
            continue
        if not (_PHONE.fullmatch(written) and _is_free(written)):
            yield Found(*match.span("it"), Kind.NUMBER)
    for match in _ANY_NUMBER.finditer(low, start, end):
        if _count_digits(match["it"]) >= 4 and not _OTHER_CODE.match(match["it"]):
            yield Found(*match.span("it"), Kind.NUMBER)


_A_DOSE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:mg|mcg|ml|g|%|years?|days?|weeks?|months?)\b")


def _count_digits(written: str) -> int:
    return sum(letter.isdigit() for letter in written)


_FORMAT = re.compile(
    r"""(?<![\w.:-])(?:
        (?P<social>(?!000|666)\d{3}-(?!00)\d\d-(?!0000)\d{4})(?![\w-])
        |(?P<ip>(?:\d{1,3}\.){3}\d{1,3})(?![\w-]|\.\d)
        |(?P<mac>(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})(?![\w:-])
        |(?P<six>[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w:])
        |(?P<vin>[A-HJ-NPR-Z0-9]{17})(?!\w)
        |(?P<mbi>[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?
            [AC-HJKMNP-RT-Y]{2}\d\d)(?!\w)
        |(?P<iban>[A-Z]{2}\d\d(?:\ ?[A-Z0-9]{4}){3,7}(?:\ ?[A-Z0-9]{1,3})?)(?!\w)
        |(?P<card>\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4})(?![\w-])
        |(?P<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?!\w)
        |(?P<nino>[A-CEGHJ-PR-TW-Z]{2}\ ?\d\d\ ?\d\d\ ?\d\d\ ?[A-D])(?!\w)
        |(?P<reg>[A-Z]{2}\d\d\ ?[A-Z]{3})(?!\w)
        |(?P<udi>\(01\)\d{14}(?:\(\d\d\)[\w-]{1,20}){0,4})
    )""",
    re.VERBOSE,
)
_VERSION = re.compile(
    r"(?:version|\bv|release|build|windows|ios|android|section|chapter|table|figure|firmware|software|app)\.?\s?$"
)


def _formats(text: str, low: str, start: int, end: int) -> Iterator[Found]:
    for match in _FORMAT.finditer(text, start, end):
        group = "card" if match["card"] else str(match.lastgroup)
        written = match[group]
        if group == "ip":
            parts = written.split(".")
            if (
                written in _OF_NOBODY
                or any(int(part) > 255 for part in parts)
                or _VERSION.search(low, max(0, match.start() - 20), match.start())
            ):
                continue
        elif group == "six":
            if not _is_ipv6(written):
                continue
        elif (group == "vin" and not (4 <= _count_digits(written) <= 14)) or (
            group == "iban" and not _is_iban(written)
        ):
            continue
        yield Found(*match.span(group), Kind[_FORMATS[group]])


_FORMATS = {
    "social": "RECORD_NUMBER",
    "ip": "NETWORK",
    "six": "NETWORK",
    "mac": "DEVICE",
    "vin": "VEHICLE",
    "mbi": "RECORD_NUMBER",
    "iban": "NUMBER",
    "card": "NUMBER",
    "uuid": "NUMBER",
    "nino": "RECORD_NUMBER",
    "udi": "DEVICE",
    "reg": "VEHICLE",
}


_OF_NOBODY = frozenset(
    {
        "127.0.0.1",
        "10.0.0.1",
        "192.168.0.1",
        "192.168.1.1",
        "192.168.1.254",
        "192.168.2.1",
        "192.168.178.1",
        "1.1.1.1",
        "8.8.8.8",
        "8.8.4.4",
        "255.255.255.0",
        "255.255.255.255",
    }
)
"""Addresses of routers, of the machine itself and of public services, as every manual names them."""


def _is_ipv6(written: str) -> bool:
    try:
        return ipaddress.ip_address(written).version == 6 and len(written) > 6
    except ValueError:
        return False


def _is_iban(written: str) -> bool:
    joined = written.replace(" ", "")
    turned = joined[4:] + joined[:4]
    return len(joined) >= 15 and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


# --- places ---------------------------------------------------------------------------------------------------------

_STATES = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho"
    r"|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi"
    r"|Missouri|Montana|Nebraska|Nevada|New\ [HJMY]\w+|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode\ Island|(?:North"
    r"|South)\ (?:Carolina|Dakota)|Tennessee|Texas|Utah|Vermont|(?:West\ )?Virginia|Washington|Wisconsin|Wyoming)"
)
_TOWN = r"(?:St\. )?[A-ZÄÖÜ][a-zäöüßé'’-]{1,20}(?:\ [A-Z][a-zé'’-]{1,20}){0,2}"
_STREET = re.compile(
    rf"""(?P<it>(?<![\w.,/-])\d{{1,5}}[A-Za-z]?\ (?:[NSEW]\.?\ |[NS][EW]\ |North\ |South\ |East\ |West\ )?
        (?:[A-Z][a-z'’]{{1,20}}\ |\d{{1,3}}(?:st|nd|rd|th)\ ){{1,3}}
        (?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Terrace|Crescent|Way|Place|Pl|Circle
            |Cir|Parkway|Pkwy
           |Highway|Hwy|Square|Sq|Close|Mews|Trail|Loop|Alley|Row|Grove|Gardens|Hill|Walk|Plaza|Pike|Ridge)\b\.?
        (?:,?\ (?:Apt|Apartment|Suite|Unit|Flat|\#)\.?\ ?\w{{1,5}})?
        (?:,?\ {_TOWN}(?:,?\ {_STATES}\b)?(?:,?\ (?:\d{{5}}(?:-\d{{4}})?|[A-Z]{{1,2}}\d[A-Z\d]?\ \d[A-Z]{{2}}))?)?)""",
    re.VERBOSE,
)
_STRASSE = re.compile(
    r"(?P<it>\b[A-ZÄÖÜ][\w-]{1,60}(?:straße|strasse|str\.|weg|platz|allee"
    r"|gasse) \d{1,4} ?[a-z]?\b(?:,? \d{5} [A-ZÄÖÜ][\w-]{1,60})?)"
)
_POST_BOX = re.compile(
    rf"(?P<it>\b[Pp]\.?\s?[Oo]\.?\s?[Bb]ox \d{{1,6}}\b(?:,? {_TOWN},? {_STATES}(?: \d{{5}}(?:-\d{{4}})?)?)?)"
)
_TOWN_AND_ZIP = re.compile(rf"\b(?P<it>{_TOWN},? {_STATES},? \d{{5}}(?:-\d{{4}})?)\b")
_GERMAN_TOWN = re.compile(
    r"\b(?:in|aus|nach|wohnhaft|plz:?|adresse:?),? (?P<it>(?:D-)?\d{5} [A-ZÄÖÜ][a-zäöüß-]{2,30}(?: (?:am|an der"
    r"|im) [A-Z][a-z]+)?)"
)
_ZIP = re.compile(
    r"\b(?:zip(?: ?code)?|post(?:al)? ?code|plz)(?: is|:)? (?P<it>\d{5}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})\b"
)
_ZIP_AFTER = re.compile(r"(?<![\w-])(?P<it>\d{5}) (?:zip|area code|postal code|postcode)\b")
_UK_CODE = re.compile(r"(?<![\w-])(?P<it>[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})(?![\w-])")
_OFFICE = re.compile(
    r"\b(?:Institutes?|Association|Foundation|Department|Society|Federation|Council|Administration|Alliance"
    r"|Organization|Ministry|Headquarters|Agency|National|Coalition|Network|Hotline|Clearinghouse|Center for"
    r"|Centers for|League)\b|\.gov\b|\.org\b"
)


def _addresses(text: str, low: str, start: int, end: int) -> Iterator[Found]:
    for pattern in (_STREET, _TOWN_AND_ZIP):
        for match in pattern.finditer(text, start, end):
            if not _OFFICE.search(text, max(0, match.start() - 120), match.start()):
                yield Found(*match.span("it"), Kind.ADDRESS)
    if "str" in low or "weg " in low or "platz " in low or "allee " in low or "gasse " in low:
        yield from _matches(_STRASSE, text, Kind.ADDRESS, start, end)
    if "box " in low:
        for match in _POST_BOX.finditer(text, start, end):
            if not _OFFICE.search(text, max(0, match.start() - 120), match.start()):
                yield Found(*match.span("it"), Kind.ADDRESS)
    yield from _matches(_GERMAN_TOWN, text, Kind.ADDRESS, start, end)
    yield from _matches(_ZIP, low, Kind.ADDRESS, start, end)
    yield from _matches(_ZIP_AFTER, low, Kind.ADDRESS, start, end)
    yield from _matches(_UK_CODE, text, Kind.ADDRESS, start, end)


_HOME_HINTS = (
    "lives ",
    "live in",
    "live near",
    "living ",
    "lived ",
    "resid",
    "moved ",
    "grew up",
    "hometown",
    "wohn",
    "lebt",
    "relocat",
    "was born in",
    "is from ",
    "am from ",
    "i'm from ",
    "i’m from ",
    "originally",
    "patient from",
    "pt from",
    "man from",
    "lady from",
)
_HOME = re.compile(
    rf"""\b(?:[Ll]iv(?:es?|ed|ing)\ (?:alone\ |now\ |with\ \w+\ \w+\ )?(?:in|near|outside)|[Rr]esid(?:es?|ing|ed)\ in
        |[Rr]esident\ of|[Mm]oved\ (?:back\ )?to|[Rr]elocated\ to|[Gg]rew\ up\ in
        |[Hh]ometown(?:\ of|\ is|:)|[Ww]as\ born\ in|(?:[Ss]he\ is|[Hh]e\ is|[Ww]ho\ is|[Oo]riginally|I\ am|I['’]m
        |[Pp]atient(?:\ is)?|[Pp]t|[Ww]oman|[Mm]an|[Ll]ady)\ from|[Ww]ohnt\ in|[Ww]ohnhaft\ in|[Ll]ebt\ in)
        \ (?:the\ (?:town|city|village)\ of\ )?(?P<it>{_TOWN})(?!['’]s\ )""",
    re.VERBOSE,
)
_LARGE = word_list("large places")
_SHORT = 400
"""Characters of a text in which a town with its state is somebody's; in a longer one it is an office's."""
_TOWN_AND_STATE = re.compile(rf"\b(?:from|in|near|of|to|at|outside|around) (?P<it>{_TOWN}, {_STATES})\b")
_COUNTY = re.compile(
    r"\b(?:in|of|from|near) (?P<it>[A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})? County)\b(?! [A-Z]| (?:hospital|health"
    r"|medical))"
)

# --- links, names of users, photographs -----------------------------------------------------------------------------

_LINK = re.compile(
    r"(?<![\w@.])(?P<it>(?:(?:https?|ftp)://|www\.)[^\s<>\"'«»|)\]]{3,400}"
    r"|[a-z0-9-]{2,30}(?:\.[a-z0-9-]{2,30}){0,2}\.(?:com|net|org|de|me|io)/[^\s<>\"'«»|)\]]{2,200})"
)
_PUBLIC = re.compile(
    r"(?:^|\.)(?:gov|mil|int|edu|gov\.\w\w|nhs\.uk|ac\.uk|gc\.ca|who\.int|doi\.org|wikipedia\.org|nature\.com|nejm\.org"
    r"|bmj\.com|thelancet\.com|mayoclinic\.org|webmd\.com|clevelandclinic\.org|medscape\.com|uptodate\.com"
    r"|cochrane\.org|healthline\.com|sciencedirect\.com|springer\.com|wiley\.com|jamanetwork\.com|nih\.gov|europa\.eu"
    r"|google\.com|amazon\.com|drugs\.com|medlineplus\.gov|bbc\.co\.uk|nytimes\.com|kidshealth\.org)$"
)
_PERSONAL_HOST = re.compile(
    r"(?:^|\.)(?:facebook|instagram|linkedin|twitter|x|tiktok|snapchat|pinterest|flickr|myspace|blogspot|wordpress"
    r"|substack|tumblr|caringbridge|gofundme|medium|github|reddit|youtube|venmo|patientslikeme|goodreads|strava"
    r"|soundcloud|vimeo|wixsite|weebly|livejournal|ancestry|xing|t|gofund|lnkd|fb)\.(?:com|org|me|net|io|co)$"
)
_PERSONAL_PATH = re.compile(
    r"/~|/(?:users?|profiles?|patients?|in|people|members?|u|@|accounts?|results?|records?|charts?|my|portal|id|staff"
    r"|person)/|/@|[?&](?:\w{0,12}id|user|patient|mrn|token|name|email|key|session|dob)=|[?&]\w+=\w*\d{3}|\d{4,}"
)
_POSSESSED = re.compile(
    r"\b(?:my|his|her|their|patient['’]s|pt['’]s|son['’]s|daughter['’]s|personal|family)\s(?:\w+\s){0,3}(?:is\s|at\s"
    r"|under\s|:\s)?$"
)
_PATH_END = ".,;:!?"


def _links(text: str, low: str) -> Iterator[Found]:
    for match in _LINK.finditer(low):
        written = match["it"].rstrip(_PATH_END)
        rest = written.partition("://")[2] or written
        host, slash, path = rest.partition("/")
        host = host.partition("?")[0].partition(":")[0].rpartition("@")[2].removeprefix("www.")
        after = slash + path or (rest[rest.find("?") :] if "?" in rest else "")
        own = _POSSESSED.search(low, max(0, match.start() - 40), match.start()) is not None
        if _PERSONAL_HOST.search(host):
            believed = len(after) > 2 or host.count(".") > 1
        elif _PUBLIC.search(host):
            believed = False
        else:
            believed = own or _PERSONAL_PATH.search(after) is not None or _named_host(host)
        if believed:
            yield Found(match.start(), match.start() + len(written), Kind.LINK)


def _named_host(host: str) -> bool:
    """Whether a host is called after somebody: a common given name begins one of its words."""
    words = re.split(r"[.-]", host)
    return any(word in lower_given_names() for word in words if len(word) >= 4)


_PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".tif", ".bmp", ".gif", ".dcm", ".mp4", ".webp")
_PHOTO = re.compile(
    r"(?<![\w./-])(?P<it>[\w-]{1,80}(?:\.[\w-]{1,40}){0,3}\.(?:jpe?g|png|heic|tiff?|bmp|gif|dcm|mp4|webp))\b"
)
_DRAWING = re.compile(
    r"(?:fig|figure|logo|icon|chart|table|banner|image\d?\.|plot|diagram|screenshot\.|arrow|header|algorithm|flow)"
)
_USER_HINTS = (
    "user",
    "handle",
    "instagram",
    "insta",
    "twitter",
    "telegram",
    "skype",
    "login",
    "screen name",
    "tiktok",
    "snapchat",
)
_USER = re.compile(
    r"\b(?:user\s?(?:name|id)|login(?: name| id)?|screen name|(?:instagram|insta|twitter|telegram|skype|tiktok"
    r"|snapchat)(?: (?:handle|name|id|account|user))?|handle)(?: is|:| =)? (?P<it>@?(?=[a-z.]*[\d_@]"
    r"|@)[a-z0-9][\w.-]{2,30}\b|@[\w.-]{2,30}\b)"
)
_FORUM_USER = re.compile(r"(?<![\w/])(?P<it>u/[a-z0-9_-]{3,30})\b")
_NO_USERS = frozenset({"from", "with"})
