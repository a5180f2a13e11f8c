"""Identifiers in notes and messages about care, which are short and say things in few words: "NOK sister Ayu, c 07700
900461".

A short text that speaks of care is about somebody, so less is wanted here than in a long one: a number with any label,
a code in capitals and digits, a month, a capitalised word that no list knows behind "per", "d/w" or "caregiver". Texts
longer than ``LONGEST`` characters are left to the other rules, so that the time stays bounded.
"""

import re
from collections.abc import Iterator

from core.domain.found import Found, Kind
from core.domain.identifiers.note_words import (
    CARE,
    DRUG,
    FULL_NAME,
    MONTHS,
    NAME_WORD,
    NO_DAY,
    NO_PLACES,
    PARTICLES,
    THING_AFTER,
    UPPER,
    WROTE,
    common_words,
    is_no_code,
)

LONGEST = 400
"""Characters of the texts that are read here."""


def in_a_note(text: str, low: str) -> Iterator[Found]:
    """What is found in a short text that speaks of care, beyond what all rules find."""
    if len(text) > LONGEST or not CARE.search(low) or _NO_NOTE.search(low):
        return
    yield from _names(text)
    yield from _dates(text, low)
    yield from _numbers(text, low)
    yield from _places(text)
    for match in _FREE_PHONE.finditer(low):
        if _TOLL_FREE.search(match[0]) and not match[0].startswith("fax"):
            continue
        yield Found(*match.span("it" if match["it"] else "ten"), Kind.PHONE)
    for match in _PORTAL.finditer(low):
        yield Found(*match.span("it"), Kind.LINK)
    for match in _HANDLE.finditer(low):
        yield Found(*match.span("it"), Kind.NUMBER)


_NO_NOTE = re.compile(
    r"\b(?:story|novel|plot|character|narrator|protagonist|author|et al|published|journal|guideline|updated by"
    r"|review date|association|foundation|outlook|wrote|book|helpline|hotline|fda)\b"
)

# --- names ----------------------------------------------------------------------------------------------------------

_CUE = (
    r"(?:[Pp]er|d/w|D/w|[Dd]iscussed with|[Ss]poke (?:w/|with|to)|w/|[Ss]een by|[Cc]alled|[Pp]aged|[Tt]exted"
    r"|[Nn]otified|[Ii]nformed|NOK|POA|HCP|PCP|[Cc]o-?signed|[Ss]igned|[Rr]ef by|[Rr]eferred by|[Pp]reviously"
    r"|[Ff]ormerly|[Nn][ée]e|[Ff]ka|FKA|aka|AKA|[Gg]oes by|[Pp]refers|[Ss]cribed by|[Ww]itness(?:ed by)?"
    r"|[Aa]ccompanied by|[Bb]rought in by|[Dd]ropped off by|[Ss]urgeon|[Aa]nesthesia|[Aa]ttending|[Rr]esident"
    r"|[Ii]ntern|[Ff]ellow|[Hh]ospitalist|[Cc]onsultant|[Mm]idwife|[Nn]urse|RN|NP|PA|MA|[Tt]herapist|[Ii]nterpreter"
    r"|[Cc]ase ?manager|[Ss]ocial worker|CM|SW|[Cc]aregiver|[Cc]arer|[Aa]ide|HHA|[Ii]ch bin|[Mm]ate|[Nn]eighbou?r"
    r"|[Ff]riend|[Rr]oommate|[Ff]lat ?mate|[Ll]andlord|[Gg]uardian|[Bb]oss|[Cc]oach|[Tt]eacher|[Pp]astor|[Ee]mployer"
    r"|[Cc]oworker|[Pp]at|[Pp]t|[Pp]atient|[Cc]lient|[Rr]e|Attn|[Rr]ide|(?:[Gg]reat-?|[Ss]tep-?|[Gg]rand-?)?(?:[Ss]on"
    r"|[Dd]aughter|[Ww]ife|[Hh]usband|[Hh]usb|[Mm]other|[Ff]ather|[Mm]om|[Mm]um|[Dd]ad|[Bb]rother|[Bb]ro|[Ss]ister"
    r"|[Ss]is|[Pp]artner|[Ff]ianc[ée]e?|[Mm]a|[Pp]a|[Uu]ncle|[Aa]unt(?:ie|y)?|[Tt]ía|[Tt]ío|[Nn]iece|[Nn]ephew"
    r"|[Cc]ousin|[Gg]irlfriend|[Bb]oyfriend|[Gg][Ff]|[Bb][Ff]|[Ss]pouse|[Tt]win|[Bb]aby|[Kk]id|[Cc]hild|[Bb]oy|[Gg]irl"
    r"|[Nn]ana|[Nn]anny|[Gg]ranny|[Gg]ramps|[Aa]buela|[Aa]buelo)(?:['’]s)?|Mr|Mrs|Ms|Mx|Miss|Mister|Dr|DR|Prof|Fr|Sr"
    r"|Sgt|Nurse|Sister|Señora?|Herr|Frau|Mme|Madame|Doña|Don)"
)
_CUED = re.compile(
    rf"(?<![\w/-]){_CUE}(?:\.:?|:|,|#)?(?: (?:named|called|is|was|our|the|for|now|at bedside|Dr\.?|Mrs?\.?"
    rf"|Ms\.?))?,? [\"“'‘(]?(?P<it>{FULL_NAME})"
)
_DEGREE = re.compile(
    rf"(?<![\w.@/-])(?P<it>{FULL_NAME}),? (?:RN|LPN|NP|FNP|ARNP|CRNP|CRNA|PA-?C?|MD|M\.D\.|DO|DPM|DDS|DMD|PharmD|RPh"
    r"|LCSW|MSW|LMFT|PT|DPT|OT|OTR|SLP|RD|CNM|PhD|PsyD|MA|RT|EMT)\b(?!-)"
)
_SURNAME_FIRST = re.compile(
    rf"(?:^|(?<=[:#;.\d] )|(?<=\n))(?P<it>{NAME_WORD}, {NAME_WORD}(?: [{UPPER}]\b\.?)?)(?= |\(|$|[:;,.])"
)
_AT_THE_START = re.compile(
    rf"(?:^|(?<=[.:;\n] )|(?<=\n))(?P<it>(?:[{UPPER}]\.? ){{0,2}}{NAME_WORD}(?: (?:[{UPPER}]\.? )?{NAME_WORD}){{0,3}})"
    r"(?=,? (?:(?:in )?(?:bed|bay|rm|room) \w|\(?(?:MRN|DOB|mrn|dob|age|aged)\b|\(?\d{1,3} ?(?:[yY]/?\.?[oO]|[MFmf]\b"
    r"|yr|y\b)|\d{1,3},|(?:s/p|c/o|NPO|h/o|w/|d/c|POD|left AMA|here for|p/w|adm|no-?show|DNA)|(?:called|calls|phoned"
    r"|rang|texted|emailed|writes|wrote|states|says|said|reports|reported|denies|denied|requests|requested|asks|asked"
    r"|missed|cancelled|canceled|left|lives|works|drove|drives|fell|slipped|tripped|turned|died|passed|presented"
    r"|presents|underwent|was (?:seen|admitted|discharged|born|brought|referred|found|told|here)|came|wants|refused"
    r"|declined|tolerated|consented|arrived|started|is (?:\d|on|a \d|allergic|due|here|my)|has been|will be (?:seen"
    r"|discharged)))|,? (?:retired|widowed|divorced|our (?:pt|patient)))"
)
_QUOTED = re.compile(
    r"(?:brother|sister|son|daughter|wife|husband|friend|mother|father|goes by|nickname|called"
    rf"|as) [\"“](?P<it>{FULL_NAME})[\"”]"
)
_EMPLOYER = re.compile(
    r"\b(?:[Ee]mployers?(?: is|:)|[Ww]ork(?:s|ed|ing)? (?:at|for)|[Ee]mployed (?:at|by|with)|[Ee]mp:|[Ss]chool:"
    r"|[Aa]ttends) (?:the )?(?P<it>[A-Z][\w'’&.-]*(?: (?:(?:&|of|and) )?[A-Z][\w'’.-]*){0,4})"
)
_INITIALS = re.compile(
    rf"(?<![\w.])(?P<it>(?:[{UPPER}]\. ?){{1,3}}{NAME_WORD})(?=,? (?:\w+ )?(?:\d|c/o|s/p|was|is|has|reports|denies"
    r"|retired|called|lives|[a-z]+ed\b))"
)


def _names(text: str) -> Iterator[Found]:
    for pattern in (_CUED, _DEGREE, _SURNAME_FIRST, _AT_THE_START, _QUOTED, _INITIALS):
        for match in pattern.finditer(text):
            start, end = match.span("it")
            if WROTE.search(text, max(0, start - 25), start) or THING_AFTER.match(text, end):
                continue
            words = text[start:end].replace(",", "").split(" ")
            if pattern in (_CUED, _DEGREE, _AT_THE_START):
                while words and not _may_be_name(words[-1]):
                    end -= len(words.pop()) + 1
                while words and pattern is not _CUED and not _may_be_name(words[0]):
                    start += len(words.pop(0)) + 1
            if words and all(map(_may_be_name, words)):
                yield Found(start, end, Kind.NAME)
    for match in _EMPLOYER.finditer(text):
        if _may_be_name(match["it"].split(" ")[0]):
            yield Found(*match.span("it"), Kind.NAME)


def _may_be_name(word: str) -> bool:
    """Whether a word is none that notes are full of."""
    if word in PARTICLES:
        return True
    return word.rstrip(".,").lower() not in common_words() and not (word[:1].isupper() and DRUG.search(word))


# --- dates ----------------------------------------------------------------------------------------------------------

_WHEN = (
    r"(?:on|since|until|till?|thru|through|for|appt|visit|f/?u|d/c(?:['’]?d)?|dc|admit(?:ted)?|adm|fell|started|last"
    r"|due|by|returned?s?|seen|ama on|before|after|dated?|dos|doi|doa|lmp|edd|edc|dod|exp|born|died|of|placed|given"
    r"|removed|surgery|and|to|-|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?)"
)
_DATES = (
    re.compile(
        rf"(?<![\w/]){_WHEN}[ :]{{1,2}}(?P<it>(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])|(?:1[3-9]|2\d"
        r"|3[01])/(?:0?[1-9]|1[0-2]))(?![\w/%-]|[.,]\d| ?(?:mg|pain|strength|mmhg|reflex|murmur|people|patients|doses"
        r"|days|visits))"
    ),
    re.compile(
        r"(?<![\w./-])(?P<it>(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?:19|20)?\d\d)(?![\w/-]|\.\d)"
    ),
    re.compile(
        r"(?<![\w./-])(?P<it>(?:0?[1-9]|[12]\d|3[01])[- ]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
        r"|dec)[a-z]{0,6}[- ]?(?:(?:19|20)?\d\d)?)(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?:in|since|last|this|next|until|till|by|of|from|around|before|after)(?: (?:early|mid|late"
        rf"|the end of))?[ -](?P<it>{MONTHS})\b(?! (?:be|have|cause|also|help|need)\b)"
    ),
    re.compile(
        r"(?<!\w)(?:on|by|until|till|since|from|returns|due|before|after"
        r"|of)(?: (?:\w+day))?,? (?P<it>the (?:[12]?(?:1st|2nd|3rd)|[12]?\dth|30th|31st))(?! (?:percentile|floor|week"
        r"|day|month|hour|cycle|dose|visit|try|attempt|round|grade|edition|time|rib|toe|finger|digit|metatarsal|nerve"
        r"|intercostal|trimester|generation|century|cranial|leading|line|street|ave))\b"
    ),
    re.compile(
        rf"(?<!\w)(?P<it>{MONTHS}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? ['’]?(?:(?:19|20)\d\d|\d\d))?)(?![\w%/]"
        r"| ?(?:mg|ml|mcg|units))"
    ),
    re.compile(
        r"(?<!\w)(?P<it>(?:christmas|new year['’]s|thanksgiving|easter|halloween|(?:independence|valentine['’]s|labor"
        r"|memorial|mother['’]s|father['’]s|boxing) day)(?: (?:day|eve|monday|sunday))?)(?= |[.,;]|$)"
    ),
)


def _dates(text: str, low: str) -> Iterator[Found]:
    for pattern in _DATES:
        for match in pattern.finditer(low):
            start, end = match.span("it")
            if low[start:end] in ("may", "march", "mar") and not text[start].isupper():
                continue
            if low[start:end].endswith("/10") and "pain" in low:
                continue
            if not NO_DAY.search(low, max(0, start - 12), start):
                yield Found(start, end, Kind.DATE)


# --- numbers --------------------------------------------------------------------------------------------------------

_ID = (
    r"(?P<it>(?=[a-z/_.-]{0,10}\d)[a-z\d](?:[a-z\d*_]|[-/.](?=[a-z\d])){2,40}(?:\ \d{3,6}(?![\d.,/%]|\ ?(?:mg|ml|mcg"
    r"|units)))*)(?![\w%])"
)
_WITH_SIGN = re.compile(
    rf"(?<![\w«])[a-zäöü][a-zäöü.'’/-]{{1,15}} ?(?:\#|no\.|num\.?|nr\.?|number|ids?\b|code)(?: is| was| reads"
    rf"| ending(?: in)?)?[ :\#]{{0,3}}{_ID}"
)
_WITH_LABEL = re.compile(
    rf"""(?<![\w«])(?:lots?|batch|serial|ser|sn|s/n|model|ref|grp|group|gmc|nmc|npi|dea|lic(?:ense|ence)?|dl|tag|plates?
        |reg|rego|subj|subject|enc|encounter|acc(?:ession|t)?|account|fin|csn|har|claim|auth|pin|ein|tin|ssn|ss|case
        |locker|policy|member|medicaid|medicare|bcbs|mbr|subscriber|cert|certificate|badge|passport|visa|permit|cdl|vin
        |udi|imei|mac|mrn|chart|record|folder|file|hosp|ur|urn|nhs|chi|unit|id|emp|employee|student|study|enrolled
        |participant
        |donor|specimen|sample|order|req|referral|rx|script|booking|confirmation|ticket|invoice|token|print|template
        |scan|hash|fingerprint|iris|retina|voiceprint|barcode|wristband|device|pump|sensor|transmitter|pacemaker|implant
        |icd|valve|stent|lens|lead|generator|wheelchair|scooter|van|truck|car|motorcycle|trailer|insurance|ins|plan|hicn
        |mbi|iban|routing|card|visa|checking|savings|billing)
        (?:\ (?:number|no\.?|num|id|card|plate|tag|lot|serial|code|acct|account|is|was|reads|ending|ending\ in|under|of
            |saved\ as|filed\ as))*[ :\#.=(]{{1,3}}{_ID}""",
    re.VERBOSE,
)
_CODE = re.compile(
    r"(?<![\w./@-])(?P<it>(?=[A-Z\d-]{6,30}(?![\w-]))(?=(?:[A-Z-]*\d){4})(?=[\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+){0,5}"
    r"|\d{7,}|\d{3,}-\d{3,}(?:-\d{2,})*)(?![\w%/]|[.,]\d| ?(?:mg|ml|mcg|units|iu|cfu|copies|cells)\b)"
)
_CODE_BEFORE = re.compile(
    r"(?:nct|pmid|pmc|icd(?:-10)?(?:-cm)?|cpt|loinc|doi|isbn|issn|hcpcs|ndc|snomed|ct|rxnorm|code|codes|trial|variant"
    r"|mutation|version|firmware|model|wbc|plt|platelets|copies|load|count|cfu)[ :#]{1,3}$"
)


def _numbers(text: str, low: str) -> Iterator[Found]:
    for pattern in (_WITH_SIGN, _WITH_LABEL):
        for match in pattern.finditer(low):
            start, end = match.span("it")
            digits = sum(letter.isdigit() for letter in match["it"])
            mixed = not match["it"].replace("-", "").replace("/", "").isdigit()
            if "." in match["it"] and not mixed:
                continue
            if digits >= (3 if mixed and len(match["it"]) >= 5 else 5) and is_no_code(low, start, end):
                yield Found(start, end, Kind.NUMBER)
    for match in _CODE.finditer(text):
        start, end = match.span("it")
        if is_no_code(low, start, end) and not _CODE_BEFORE.search(low, max(0, start - 20), start):
            yield Found(start, end, Kind.NUMBER)


_FREE_PHONE = re.compile(
    r"(?<![\w])(?:fax(?:ed)?|cell|mobile|mob|ph|phone|tel|home|work|call(?:back)?|pager|beeper|text|reach(?:able)?"
    r"|contact|vm|voicemail|hm|wk)(?: (?:no|number|is|to|at|on|her|him|back|me|pls"
    r"|only))*[.:#]{0,2} ?(?P<it>\+?[(\d](?:[ ().-]{0,2}\d){6,14}(?: ?(?:x|ext\.?) ?\d{1,6})?)(?![\w%]|[.,]\d)"
    r"|(?<![\w./-])(?P<ten>\d{3}[ .]\d{3}[ .]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?)(?![\w%])"
)
_TOLL_FREE = re.compile(r"(?<!\d)8(?:00|88|77|66|55|44|33)[).-]")
_PORTAL = re.compile(
    r"(?<![\w@.])(?P<it>(?:https?://|www\.)(?![\w.-]*(?:\.gov|\.edu|nih|who\.int|wikipedia|mayoclinic"
    r"|cdc|nhs\.uk|medlineplus|webmd|doi\.org|pubmed))[\w.-]{3,100}/[^\s<>\"'«»|)\];,]{2,200}\b)"
)
_HANDLE = re.compile(r"(?<![\w.@/])(?P<it>@[a-z][a-z0-9_.]{3,30}\b)(?!@)")

# --- places ---------------------------------------------------------------------------------------------------------

_TOWN = (
    r"(?:St\.? |Mt\.? |Fort |Port |San |Santa |New |El |Los "
    r"|Las )?[A-Z][a-zà-ÿ'’-]{2,20}(?: [A-Z][a-zà-ÿ'’-]{2,20}){0,2}(?:, (?:[A-Z]{2}\b|[A-Z][a-z]{3,12}))?"
)
_FROM = re.compile(
    r"\b(?:(?:moved|relocated|transferred|transfer|drove|drives|commutes|flew|visiting|travel(?:s|ed|led|ling)?"
    r"|evacuated|here|home|returned|back|up|in|hails|native|resident|lives?|living|stays?|staying|resides?|works?"
    r"|farm|ranch|house|cabin|apartment|born(?: and raised)?|raised|grew up)(?: (?:here|in|down|over|back"
    r"|up))? (?:from|to|in|near|of|outside|at)|(?:[Pp]t|[Pp]atient|[Ff]amily|[Mm]an|[Ww]oman|[Ff]armer"
    rf"|[Rr]etiree) from) (?:the )?(?P<it>{_TOWN})"
)
_STREET = re.compile(
    r"(?P<it>(?<![\w.,/-])\d{1,6}[A-Za-z]?(?:-\d{1,4})? (?:[NSEW]{1,2}\.? )?(?:(?:[A-Z][\w'’.-]{1,20}|\d{1,3}(?:st|nd"
    r"|rd|th)) ){1,3}(?:Ter|Terr|Trl|Cres|Cr|Crt|Xing|Cv|Cove|Pt|Path|Run|Bend|Byp|Rte|Route|Hwy|Vw|View|Hts|Heights"
    r"|Mnr|Manor|Pass|Pl|Wy|Blvd|Bld|Av|Ave|St|Str|Rd|Dr|Ln|Ct|Cir|Pkwy|Sq|Street|Road|Avenue|Lane|Drive|Court|Quay"
    r"|Wharf|Green|Parade|Gate|Vale|Rise)\b\.?(?:,? (?:Apt|Unit|Suite|Ste|Flat|Lot|Bldg|Rm|Trlr|Fl"
    r"|\#)\.?(?: ?\#)? ?[\w-]{1,6})*(?:,? [A-Z][a-z'’.-]{2,20}(?: [A-Z][a-z'’-]{2,20}){0,2})?(?:,? [A-Z]{2}\b)?(?:"
    r" \d{5}(?:-\d{4})?| [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}| [A-Z]\d[A-Z] ?\d[A-Z]\d)?)"
)
_ZIP = re.compile(r"(?P<it>\b[A-Z]{2} \d{5}(?:-\d{4})?|\b[A-Z]\d[A-Z] \d[A-Z]\d)(?![\w-])")


def _places(text: str) -> Iterator[Found]:
    for match in _FROM.finditer(text):
        if (
            match["it"].split(" ")[0].rstrip(",").lower() not in NO_PLACES
            and _may_be_name(match["it"].split(" ")[0])
            and not THING_AFTER.match(text, match.end())
        ):
            yield Found(*match.span("it"), Kind.ADDRESS)
    for pattern in (_STREET, _ZIP):
        for match in pattern.finditer(text):
            yield Found(*match.span("it"), Kind.ADDRESS)
