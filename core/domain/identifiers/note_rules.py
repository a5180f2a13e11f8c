"""Identifiers in notes and messages about care, which are short and say things in few words: "NOK sister Ayu, c 07700
900461".

A short text that speaks of care is about somebody, so less is wanted here than in a long one: a number with any label,
a code in capitals and digits, a month, a capitalised word that no list knows behind "per", "d/w" or "caregiver". Texts
longer than ``LONGEST`` characters are left to the other rules, so that the time stays bounded.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain.found import Found, Kind
from core.domain.identifiers.person_names import lower_given_names
from core.domain.identifiers.word_lists import in_file, word_list

LONGEST = 400
"""Characters of the texts that are read here."""

_UP, _LOW = "A-ZÀ-ÖØ-ÞĀ-Ž", "a-zß-öø-ÿāăąćčđēęěğīıłńňōőœřśşšţťūůűźżžơưạ-ỹ"
_WORD = (
    rf"(?:(?:al|el|bin|ibn|de|da|di|la|van|von|den|der|dos|abu|ben)[- ]){{0,2}}(?:[OD]['’]|Mc|Mac|Al-|El-"
    rf"|Ben-)?[{_UP}][{_LOW}]+(?:[-'’][{_UP}][{_LOW}]+){{0,2}}"
)
_FULL = (
    rf"(?:[{_UP}]\.? ){{0,2}}{_WORD}(?: (?:[{_UP}]\.? |(?:van|von|der|den|de|la|del|da|di|bin"
    rf"|al) ){{0,3}}{_WORD}){{0,3}}"
)

CARE = re.compile(
    r"\b(?:pts?|pat|patient|s/p|c/o|d/w|f/u|fu|r/o|h/o|y/?o|hx|dx|rx|tx|sx|bp|hr|rr|hgb|npo|pod|prn|bid|tid|qhs|wt|meds?|neuro|psa|ekg|ecg|icu|nicu|ama|nka|nkda|a1c"
    r"|clinic|clinical|clinician|rn|np|ot|slp|pcp|gp|vna|pa|hd|ctx|abx|cbc|bmp|inr|iv|ct|mri|eeg|dob|mrn|mg|ml|mcg|dose|doses|doctor|nurse|ward|bed|hospital|surgery|surgical"
    r"|pain|fever|cough|rash|wound|fall|fell|diagnos\w+|admit\w*|admission|discharge\w*|symptom\w*|medic\w+|insulin|blood|allerg\w+|cancer|tumou?r|chemo\w*|stroke|seizure\w*"
    r"|pregnan\w+|asthma\w*|diabet\w+|insurance|appointment|appt|pharmac\w+|therap\w+|rehab|hospice|transplant|dialysis|implant\w*|pump|pacemaker|prosthe\w+|consent\w*|deceased|chart"
    r"|prescri\w+|refill\w*|labs?|biops\w+|x-?ray|ultrasound|scan|vaccin\w+|kidney|liver|heart|lung|knee|hip|headache\w*|migraine\w*|depress\w+|anxiety|dementia|caregiver|referr\w+|mychart|portal"
    r"|\w+(?:itis|ectomy|oscopy|emia|aemia|plasty|pathy))\b"
)


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
    rf"|Ms\.?))?,? [\"“'‘(]?(?P<it>{_FULL})"
)
_DEGREE = re.compile(
    rf"(?<![\w.@/-])(?P<it>{_FULL}),? (?:RN|LPN|NP|FNP|ARNP|CRNP|CRNA|PA-?C?|MD|M\.D\.|DO|DPM|DDS|DMD|PharmD|RPh|LCSW"
    r"|MSW|LMFT|PT|DPT|OT|OTR|SLP|RD|CNM|PhD|PsyD|MA|RT|EMT)\b(?!-)"
)
_SURNAME_FIRST = re.compile(rf"(?:^|(?<=[:#;.\d] )|(?<=\n))(?P<it>{_WORD}, {_WORD}(?: [{_UP}]\b\.?)?)(?= |\(|$|[:;,.])")
_AT_THE_START = re.compile(
    rf"(?:^|(?<=[.:;\n] )|(?<=\n))(?P<it>(?:[{_UP}]\.? ){{0,2}}{_WORD}(?: (?:[{_UP}]\.? )?{_WORD}){{0,3}})"
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
    rf"|as) [\"“](?P<it>{_FULL})[\"”]"
)
_EMPLOYER = re.compile(
    r"\b(?:[Ee]mployers?(?: is|:)|[Ww]ork(?:s|ed|ing)? (?:at|for)|[Ee]mployed (?:at|by|with)|[Ee]mp:|[Ss]chool:"
    r"|[Aa]ttends) (?:the )?(?P<it>[A-Z][\w'’&.-]*(?: (?:(?:&|of|and) )?[A-Z][\w'’.-]*){0,4})"
)
_INITIALS = re.compile(
    rf"(?<![\w.])(?P<it>(?:[{_UP}]\. ?){{1,3}}{_WORD})(?=,? (?:\w+ )?(?:\d|c/o|s/p|was|is|has|reports|denies|retired"
    r"|called|lives|[a-z]+ed\b))"
)
_NOT_NAMES = frozenset(
    [
        "the",
        "this",
        "that",
        "these",
        "those",
        "he",
        "she",
        "they",
        "it",
        "we",
        "you",
        "i",
        "his",
        "her",
        "their",
        "our",
        "your",
        "my",
        "no",
        "not",
        "new",
        "old",
        "all",
        "any",
        "and",
        "or",
        "but",
        "if",
        "then",
        "than",
        "also",
        "both",
        "each",
        "per",
        "via",
        "for",
        "from",
        "with",
        "without",
        "to",
        "in",
        "on",
        "at",
        "of",
        "by",
        "as",
        "is",
        "was",
        "are",
        "be",
        "been",
        "has",
        "had",
        "have",
        "pt",
        "pts",
        "patient",
        "patients",
        "doctor",
        "doctors",
        "nurse",
        "nurses",
        "clinic",
        "hospital",
        "health",
        "medical",
        "center",
        "centre",
        "care",
        "family",
        "mother",
        "father",
        "mom",
        "mum",
        "dad",
        "son",
        "daughter",
        "wife",
        "husband",
        "brother",
        "sister",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "today",
        "tomorrow",
        "yesterday",
        "allergy",
        "allergies",
        "assessment",
        "plan",
        "history",
        "exam",
        "labs",
        "lab",
        "meds",
        "medications",
        "medication",
        "impression",
        "diagnosis",
        "follow",
        "started",
        "stop",
        "continue",
        "hold",
        "held",
        "increase",
        "decrease",
        "refer",
        "referred",
        "discharge",
        "discharged",
        "admit",
        "admitted",
        "seen",
        "blood",
        "pressure",
        "heart",
        "rate",
        "pain",
        "fever",
        "nausea",
        "chest",
        "abdomen",
        "skin",
        "neuro",
        "psych",
        "cardiac",
        "cardiology",
        "neurology",
        "oncology",
        "surgery",
        "orthopedics",
        "ortho",
        "radiology",
        "pediatrics",
        "dermatology",
        "urology",
        "gi",
        "gu",
        "ob",
        "pulmonary",
        "renal",
        "nephrology",
        "endocrine",
        "endocrinology",
        "rheumatology",
        "hematology",
        "psychiatry",
        "infectious",
        "disease",
        "ophthalmology",
        "pharmacy",
        "physical",
        "occupational",
        "speech",
        "therapy",
        "social",
        "work",
        "case",
        "management",
        "home",
        "hospice",
        "rehab",
        "emergency",
        "department",
        "icu",
        "ward",
        "unit",
        "floor",
        "room",
        "bed",
        "aspirin",
        "tylenol",
        "insulin",
        "lantus",
        "humalog",
        "metformin",
        "lisinopril",
        "atorvastatin",
        "warfarin",
        "coumadin",
        "heparin",
        "eliquis",
        "xarelto",
        "plavix",
        "lasix",
        "zofran",
        "morphine",
        "prednisone",
        "amoxicillin",
        "augmentin",
        "ibuprofen",
        "advil",
        "motrin",
        "keppra",
        "ativan",
        "haldol",
        "zoloft",
        "prozac",
        "lexapro",
        "english",
        "spanish",
        "french",
        "german",
        "chinese",
        "american",
        "european",
        "african",
        "asian",
        "hispanic",
        "medicare",
        "medicaid",
        "aetna",
        "cigna",
        "kaiser",
        "humana",
        "blue",
        "cross",
        "united",
        "insurance",
        "medtronic",
        "dexcom",
        "abbott",
        "boston",
        "stryker",
        "epic",
        "mychart",
        "zoom",
        "parkinson",
        "alzheimer",
        "crohn",
        "hodgkin",
        "graves",
        "hashimoto",
        "addison",
        "cushing",
        "marfan",
        "down",
        "turner",
        "lyme",
        "foley",
        "doppler",
        "holter",
        "babinski",
        "murphy",
        "romberg",
        "glasgow",
        "apgar",
        "braden",
        "morse",
        "wells",
        "mallampati",
        "whipple",
        "roux",
        "billroth",
        "nissen",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "how",
        "please",
        "thanks",
        "thank",
        "hi",
        "hello",
        "dear",
        "yes",
        "ok",
        "okay",
        "sorry",
        "only",
        "just",
        "still",
        "so",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "might",
        "must",
        "after",
        "before",
        "during",
        "since",
        "until",
        "while",
        "because",
        "there",
        "here",
        "left",
        "right",
        "upper",
        "lower",
        "bilateral",
        "acute",
        "chronic",
        "mild",
        "moderate",
        "severe",
        "normal",
        "abnormal",
        "negative",
        "positive",
        "stable",
        "well",
        "good",
        "type",
        "stage",
        "grade",
        "class",
        "level",
        "score",
        "test",
        "screen",
        "result",
        "results",
        "xray",
        "ct",
        "mri",
        "us",
        "echo",
        "ecg",
        "ekg",
        "recommend",
        "recommended",
        "recommends",
        "rec",
        "discussed",
        "discuss",
        "reviewed",
        "counseled",
        "advised",
        "consider",
        "check",
        "obtain",
        "order",
        "ordered",
        "given",
        "gave",
        "give",
        "take",
        "takes",
        "taking",
        "used",
        "use",
        "uses",
        "see",
        "call",
        "called",
        "return",
        "returns",
        "next",
        "last",
        "first",
        "second",
        "one",
        "two",
        "three",
        "consent",
        "consented",
        "denies",
        "denied",
        "reports",
        "reported",
        "states",
        "stated",
        "presents",
        "presented",
        "complains",
        "wants",
        "asks",
        "asked",
        "lives",
        "works",
        "drinks",
        "smokes",
        "smoker",
        "retired",
        "male",
        "female",
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "infant",
        "baby",
        "adult",
        "elderly",
        "guideline",
        "guidelines",
        "protocol",
        "policy",
        "fda",
        "cdc",
        "who",
        "nhs",
        "aha",
        "acc",
        "ada",
        "acog",
        "covid",
        "flu",
        "influenza",
        "vaccine",
        "vaccines",
        "vaccination",
        "pfizer",
        "moderna",
        "hepatitis",
        "hiv",
        "diabetes",
        "asthma",
        "cancer",
        "copd",
        "chf",
        "ckd",
        "cad",
        "hypertension",
        "anemia",
        "stroke",
        "seizure",
        "dementia",
        "sepsis",
        "pneumonia",
        "pains",
        "practitioner",
        "practitioners",
        "spock",
        "genetic",
        "general",
        "lokelma",
        "inc",
        "llc",
        "ltd",
        "company",
        "street",
        "road",
        "avenue",
        "st",
        "ave",
        "city",
        "county",
        "state",
        "north",
        "south",
        "east",
        "west",
        "university",
        "college",
        "school",
        "church",
        "christmas",
        "easter",
        "protein",
        "vitamin",
        "calcium",
        "iron",
        "sodium",
        "potassium",
        "magnesium",
        "glucose",
        "creatinine",
        "hemoglobin",
    ]
)
_DRUG = re.compile(
    r"(?:pril|olol|statin|azole|mab|nib|vir|pine|sone|sartan|cillin|cycline|mycin|floxacin|oxetine|idone|azepam|zolam|tidine|prazole|formin|gliptin|glutide|parin|xaban|itis|osis|emia|ectomy|oscopy|ology|ologist|pathy|graphy|gram|therapy|tion|ment|ness|ity|ing|ism|ium|ide|ate|ine|cin|ally)$"
)
_THING_AFTER = re.compile(
    r"(?:['’]s?)?(?:[- ][A-Z][\w'’-]*)?(?:['’]s?)? ?(?i:syndrome|disease|sign|test|score|scale|criteria|procedure|palsy"
    r"|hospital|clinic|cent(?:er|re)|university|college|institute|foundation|school|maneuver|manoeuvre|fracture"
    r"|lymphoma|sarcoma|catheter|stain|tube|index|classification|phenomenon|reflex|contracture|thyroiditis|diet"
    r"|protocol|nodes?|esophagus|drain|line|repair|bypass|fundoplication|pouch|resection|pump|monitor|device|meter"
    r"|valve|stent|lens|implant|pen|inhaler|trial|study|equation|formula|rule|law|tumou?r|cells?|virus|fever|disorder"
    r"|ataxia|chorea|dementia|hernia|medical|health|et al|and colleagues|sensor|cuff|boot|splint|collar|swab|scan|mg"
    r"|mcg|ml|units|\d+ ?m[gc])"
)
_WROTE = re.compile(
    r"\b(?:written|authored|edited|published|described|proposed|invented|reviewed|updated|developed|directed) by ",
    re.IGNORECASE,
)


def _names(text: str) -> Iterator[Found]:
    for pattern in (_CUED, _DEGREE, _SURNAME_FIRST, _AT_THE_START, _QUOTED, _INITIALS):
        for match in pattern.finditer(text):
            start, end = match.span("it")
            if _WROTE.search(text, max(0, start - 25), start) or _THING_AFTER.match(text, end):
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


_PARTICLES = frozenset(
    ["al", "el", "bin", "ibn", "de", "da", "di", "la", "van", "von", "den", "der", "dos", "del", "abu", "ben", "y"]
)


def _may_be_name(word: str) -> bool:
    """Whether a word is none that notes are full of."""
    if word in _PARTICLES:
        return True
    return word.rstrip(".,").lower() not in _common_words() and not (word[:1].isupper() and _DRUG.search(word))


# --- dates ----------------------------------------------------------------------------------------------------------

_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr"
    r"|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember)"
)
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
        rf"|the end of))?[ -](?P<it>{_MONTHS})\b(?! (?:be|have|cause|also|help|need)\b)"
    ),
    re.compile(
        r"(?<!\w)(?:on|by|until|till|since|from|returns|due|before|after"
        r"|of)(?: (?:\w+day))?,? (?P<it>the (?:[12]?(?:1st|2nd|3rd)|[12]?\dth|30th|31st))(?! (?:percentile|floor|week"
        r"|day|month|hour|cycle|dose|visit|try|attempt|round|grade|edition|time|rib|toe|finger|digit|metatarsal|nerve"
        r"|intercostal|trimester|generation|century|cranial|leading|line|street|ave))\b"
    ),
    re.compile(
        rf"(?<!\w)(?P<it>{_MONTHS}\.? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?:,? ['’]?(?:(?:19|20)\d\d|\d\d))?)(?![\w%/]"
        r"| ?(?:mg|ml|mcg|units))"
    ),
    re.compile(
        r"(?<!\w)(?P<it>(?:christmas|new year['’]s|thanksgiving|easter|halloween|(?:independence|valentine['’]s|labor"
        r"|memorial|mother['’]s|father['’]s|boxing) day)(?: (?:day|eve|monday|sunday))?)(?= |[.,;]|$)"
    ),
)
_NO_DAY = re.compile(
    r"(?:bp|iop|pain|strength|gcs|vision|version|ratio|score|v|versions?|reflexes|power)[ :]{0,2}$|may \d+ (?:mg|ml)"
)


def _dates(text: str, low: str) -> Iterator[Found]:
    for pattern in _DATES:
        for match in pattern.finditer(low):
            start, end = match.span("it")
            if low[start:end] in ("may", "march", "mar") and not text[start].isupper():
                continue
            if low[start:end].endswith("/10") and "pain" in low:
                continue
            if not _NO_DAY.search(low, max(0, start - 12), start):
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
    rf"""(?<![\w«])(?:lots?|batch|serial|ser|sn|s/n|model|ref|grp|group|gmc|nmc|npi|dea|lic(?:ense|ence)?|dl|tag|plates?|reg|rego|subj|subject|enc|encounter|acc(?:ession|t)?|account|fin|csn|har|claim|auth|pin|ein|tin|ssn|ss|case
        |locker|policy|member|medicaid|medicare|bcbs|mbr|subscriber|cert|certificate|badge|passport|visa|permit|cdl|vin|udi|imei|mac|mrn|chart|record|folder|file|hosp|ur|urn|nhs|chi|unit|id|emp|employee|student|study|enrolled|participant
        |donor|specimen|sample|order|req|referral|rx|script|booking|confirmation|ticket|invoice|token|print|template|scan|hash|fingerprint|iris|retina|voiceprint|barcode|wristband|device|pump|sensor|transmitter|pacemaker|implant|icd|valve|stent|lens|lead|generator|wheelchair|scooter|van|truck|car|motorcycle|trailer|insurance|ins|plan|hicn|mbi|iban|routing|card|visa|checking|savings|billing)
        (?:\ (?:number|no\.?|num|id|card|plate|tag|lot|serial|code|acct|account|is|was|reads|ending|ending\ in|under|of
            |saved\ as|filed\ as))*[ :\#.=(]{{1,3}}{_ID}""",
    re.VERBOSE,
)
_CODE = re.compile(
    r"(?<![\w./@-])(?P<it>(?=[A-Z\d-]{6,30}(?![\w-]))(?=(?:[A-Z-]*\d){4})(?=[\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+){0,5}"
    r"|\d{7,}|\d{3,}-\d{3,}(?:-\d{2,})*)(?![\w%/]|[.,]\d| ?(?:mg|ml|mcg|units|iu|cfu|copies|cells)\b)"
)
_NO_CODE = re.compile(
    r"(?:nct|isrctn|pmid|pmc|icd|cpt|rs|loinc|doi|isbn|issn|eudract|hcpcs|ndc|snomed|rxnorm|covid|sars|bnt|mrna|ca|cd"
    r"|il|b|p|hla|egfr|brca|hpv|h\d|grant|r01|u01|iso|en|mk|abt|gsk|azd)[- :#]{0,2}\d[\d.:-]*[a-z]?$"
)
_CODE_BEFORE = re.compile(
    r"(?:nct|pmid|pmc|icd(?:-10)?(?:-cm)?|cpt|loinc|doi|isbn|issn|hcpcs|ndc|snomed|ct|rxnorm|code|codes|trial|variant"
    r"|mutation|version|firmware|model|wbc|plt|platelets|copies|load|count|cfu)[ :#]{1,3}$"
)
_UNIT_AFTER = re.compile(
    r" ?(?:mg|mcg|ml|kg|cm|mm|units?|%|bpm|days?|weeks?|months?|years?|hours?|minutes|patients|people|times|x\b|mmhg|lb"
    r"|iu|doses?|am\b|pm\b|tablets?|caps)"
)


def _numbers(text: str, low: str) -> Iterator[Found]:
    for pattern in (_WITH_SIGN, _WITH_LABEL):
        for match in pattern.finditer(low):
            start, end = match.span("it")
            digits = sum(letter.isdigit() for letter in match["it"])
            mixed = not match["it"].replace("-", "").replace("/", "").isdigit()
            if "." in match["it"] and not mixed:
                continue
            if digits >= (3 if mixed and len(match["it"]) >= 5 else 5) and _is_no_code(low, start, end):
                yield Found(start, end, Kind.NUMBER)
    for match in _CODE.finditer(text):
        start, end = match.span("it")
        if _is_no_code(low, start, end) and not _CODE_BEFORE.search(low, max(0, start - 20), start):
            yield Found(start, end, Kind.NUMBER)


def _is_no_code(low: str, start: int, end: int) -> bool:
    """Whether a number is none of those that stand for a thing, an amount, or a hotline."""
    written = low[start:end]
    if re.fullmatch(r"(?:1-)?8(?:00|88|77|66|55|44|33)-\d{3}-\d{4}|\d{4}-\d{4}", written):
        return False
    return _NO_CODE.match(written) is None and _UNIT_AFTER.match(low, end) is None and low[start - 1 : start] != "$"


_FREE_PHONE = re.compile(
    r"(?<![\w])(?:fax(?:ed)?|cell|mobile|mob|ph|phone|tel|home|work|call(?:back)?|pager|beeper|text|reach(?:able)?"
    r"|contact|vm|voicemail|hm|wk)(?: (?:no|number|is|to|at|on|her|him|back|me|pls"
    r"|only))*[.:#]{0,2} ?(?P<it>\+?[(\d](?:[ ().-]{0,2}\d){6,14}(?: ?(?:x|ext\.?) ?\d{1,6})?)(?![\w%]|[.,]\d)"
    r"|(?<![\w./-])(?P<ten>\d{3}[ .]\d{3}[ .]\d{4}(?: ?(?:x|ext\.?) ?\d{1,6})?)(?![\w%])"
)
_TOLL_FREE = re.compile(r"(?<!\d)8(?:00|88|77|66|55|44|33)[).-]")
_PORTAL = re.compile(
    r"(?<![\w@.])(?P<it>(?:https?://|www\.)(?![\w.-]*(?:\.gov|\.edu|nih|who\.int|wikipedia|mayoclinic|cdc|nhs\.uk|medlineplus|webmd|doi\.org|pubmed))[\w.-]{3,100}/[^\s<>\"'«»|)\];,]{2,200}\b)"
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
_NO_PLACE = frozenset(
    [
        "icu",
        "ed",
        "er",
        "or",
        "hospital",
        "clinic",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "america",
        "usa",
        "us",
        "uk",
        "canada",
        "mexico",
        "china",
        "india",
        "africa",
        "europe",
        "asia",
        "germany",
        "france",
        "england",
        "italy",
        "spain",
        "japan",
        "brazil",
        "texas",
        "california",
        "florida",
        "ohio",
        "alaska",
        "alabama",
        "arizona",
        "colorado",
        "georgia",
        "illinois",
        "indiana",
        "iowa",
        "kansas",
        "kentucky",
        "louisiana",
        "maine",
        "maryland",
        "massachusetts",
        "michigan",
        "minnesota",
        "mississippi",
        "missouri",
        "montana",
        "nebraska",
        "nevada",
        "oklahoma",
        "oregon",
        "pennsylvania",
        "tennessee",
        "utah",
        "vermont",
        "virginia",
        "washington",
        "wisconsin",
        "wyoming",
        "haiti",
        "vietnam",
        "nigeria",
        "philippines",
        "rehab",
        "hospice",
        "snf",
        "ltac",
        "pacu",
        "or",
        "dr",
        "mr",
        "mrs",
        "her",
        "his",
        "the",
        "christmas",
        "medicine",
        "surgery",
        "cardiology",
        "neurology",
        "oncology",
        "room",
        "bed",
        "ward",
        "floor",
    ]
)


def _places(text: str) -> Iterator[Found]:
    for match in _FROM.finditer(text):
        if (
            match["it"].split(" ")[0].rstrip(",").lower() not in _NO_PLACE
            and _may_be_name(match["it"].split(" ")[0])
            and not _THING_AFTER.match(text, match.end())
        ):
            yield Found(*match.span("it"), Kind.ADDRESS)
    for pattern in (_STREET, _ZIP):
        for match in pattern.finditer(text):
            yield Found(*match.span("it"), Kind.ADDRESS)


# --- messages -------------------------------------------------------------------------------------------------------

_MESSAGE = 600
"""Characters of a text that may be a message or a letter to somebody."""
_ABOUT_SOMEBODY = re.compile(
    r"\b(?:i|im|i['’]m|ive|my|me|we|our|us|your|you|pt|pts|patient|dear|hi|hello|hey|thanks|regards|he|she|his|her|mrs?|ms|counsel|attorney|mother|father|daughter|son|wife|husband|baby|shift|user|wishes|sincerely|grüße|wir|uns|ich|mein\w*|herr|frau|insured|claimant|applicant|subscriber|employee|deceased|estate)\b"
)
_TO_SOMEBODY = re.compile(
    r"\b(?:i|im|i['’]m|my|me|we|our|us|your|you|dear|hi|hello|thanks|regards|counsel|attorney|ich|mein\w*)\b"
)
_NO_MESSAGE = re.compile(
    r"\b(?:stor(?:y|ies)|novel|plot|characters?|narrator|protagonist|author|authors|et al|journal|updated by"
    r"|review date|foundation|outlook|wrote|helpline|hotline|movie|film|spaceship|planet"
    r"|relationship (?:like )?between|passage|chapter)\b|^(?:who|what|how|why|describe)\b(?!.*\b(?:i|im|my|we|our"
    r"|me)\b)"
)
_ANY = rf"[{_LOW}]{{2,20}}(?:[-'’][{_LOW}]{{2,20}})?"
_KIN = (
    r"(?:(?:great|step|grand|foster|half|god)-?)?(?:son|daughter|wife|husband|hubby|mother|father|mom|mum|mummy|mama|dad|daddy|papa|brother|bro|sister|sis|partner|fianc[ée]e?|uncle|aunt(?:ie|y)?|niece|nephew|cousin|girlfriend|boyfriend|gf|bf"
    r"|spouse|twins?|baby|kid|child|boy|girl|nana|nan|gran|granny|grandma|grandpa|friend|mate|neighbou?r|roommate|flatmate|boss|carer|caregiver|toddler|newborn|ex|landlord|landlady|coworker|colleague|coach|teacher|nurse|doctor|doc|therapist|dentist|surgeon|midwife|gp)"
)
_SMALL_CUED = (
    re.compile(
        r"(?:^|[\"“]|[.!?,;:]\s|\b(?:hi|hello|hey|and|so|ok)\s)(?:im|i['’]m|i am|am|its|it['’]s|this is"
        rf"|ich bin)\s(?P<it>{_ANY}(?: {_ANY})?)(?=\s?[,.;:!–-]|\sfrom\b|\scalling\b|\sspeaking\b|\swriting\b"
        r"|\sagain\b|\shere\b|\sand (?:i|my|im)\b|\s\d|\s\(|$)"
    ),
    re.compile(rf"(?:^|[.!?]\s)(?:hi |hello |hey )?(?P<it>{_ANY})\shere\b"),
    re.compile(rf"\b(?:dr|mr|mrs|ms|aunt|auntie|uncle|tante|onkel)\b\.?\s(?P<it>{_ANY}(?: {_ANY})?)\b"),
    re.compile(
        rf"\b(?:my|his|her|our|their)\s(?:\w+ ){{0,2}}{_KIN},?\s(?:named |called |is called |\("
        rf"|is )?(?P<it>{_ANY})(?=[\s,.;:!?)]|['’]s\b|$)"
    ),
    re.compile(rf"(?P<it>\b{_ANY})\s?(?:\(|, )(?:my|our)\s(?:\w+ )?{_KIN}\b"),
    re.compile(
        r"\b(?:named|name is|name['’]?s|goes by|ask for|signed|thanks|regards|cheers"
        rf"|love),?\s(?P<it>{_ANY})(?=\s?[,.;:!?)]|$)"
    ),
)
_END = re.compile(
    rf"(?:(?:^|\n|[.!?)\"”]\s|\s)[–—-]{{1,2}}\s?(?:[Tt]he family of )?|\n\s*|\b(?:[Tt]hanks|[Tt]hank you|[Tt]hx"
    r"|[Rr]egards|[Ss]incerely|[Ll]ove|[Cc]heers|[Yy]ours(?: \w+)?|[Bb]est|[Bb]est wishes|[Rr]espectfully|[Gg]rüße"
    rf"|[Gg]rüßen?)[,.!]?\s)(?P<it>(?:Dr\.? )?{_FULL})(?:,? (?:MD|RN|NP|DO|PhD))?[.!)]?\s*(?=$|\n)"
)
_TITLED = re.compile(
    r"\b(?:[Ee]state of|[Gg]uardianship of|[Cc]ustody of|[Ff]amily of|[Mm]other of|[Ff]ather of|[Pp]arents? of"
    r"|[Ww]ife of|[Hh]usband of|[Cc]are of|[Bb]ehalf of|[Ff]uneral of|[Dd]eath of|c/o|[Cc]/[Oo]|[Aa]ttn:?|ATTN:?"
    r"|FAO:?|[Rr]e:|RE:|[Ss]ubject:|[Ff]rom:|[Tt]o:|[Cc]c:?|[Nn]ame:|[Ss]ubscriber:?|[Dd]ependent:?|[Dd]ependant:?"
    r"|[Mm]ember:?|[Ii]nsured:?|[Cc]laimant:?|[Pp]laintiff:?|[Aa]pplicant:?|[Dd]efendant:?|[Rr]ider|[Dd]river"
    r"|[Pp]assenger|[Bb]eneficiary:?|[Dd]onor|[Rr]ecipient|[Ww]itness:?|[Gg]uardian:?|[Ee]xecutor:?|[Cc]ontact:?"
    r"|[Pp]roxy:?|[Hh]older:?|[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Ll]iebe[r]?|(?:[Tt]his is|[Ii]t['’]s|[Ii] am|[Ii]['’]m"
    r"|Im|\bam|[Ii]ch bin|[Mm]y name is|[Nn]ame ist|[Hh]eiße|[Nn]ame['’]?s|[Nn]amed|(?:read|spelled|as) [\"“])"
    r"|[Ll]ittle|[Pp]oor|[Yy]oung|[Dd]r\.?|[Mm]rs?\.?|[Mm]s\.?|[Mm]iss|[Pp]rof\.?|[Ss]ister|[Nn]urse|[Ff]rau"
    r"|[Hh]errn?|[Rr]eferred (?:to|by)|(?P<weak>[Ff]or|[Ww]ith|[Bb]y|[Ss]aw|[Ss]ee|[Cc]alled|[Tt]ell|[Aa]sk(?: for)?"
    rf"|[Tt]old|[Aa]nd)|{_KIN},?(?: is| was| named| called)?|[Cc]lient,?|[Pp]atient,?|[Pp]t\.?,?|[Ee]mployer,?"
    rf"|[Ww]orks? (?:for|at))(?: |(?<=[\"“]))[(\"“]?(?P<it>{_FULL}(?: y {_WORD})?)"
)
_OF_TWO = re.compile(
    rf"(?<![\w.@/-])(?P<it>{_WORD}(?: (?:[{_UP}]\.? ?){{1,2}})? (?:(?:van|von|der|den|de|la|del|da|di|bin|al|y"
    rf"|Graf) ){{0,2}}{_WORD}(?: (?:y )?{_WORD}){{0,2}})(?![\w-])"
)
_ALONE = re.compile(rf"(?<![\w.@/-])(?P<it>{_WORD})(?![\w-]| [{_UP}])")
_SPOKEN_TO = re.compile(rf", (?P<it>{_WORD})(?=, (?:you|your|I|we|please|the|it|this)\b|[.!?]?$)")
_DOES = re.compile(
    rf"(?:^|(?<=[.:;!?] )|(?<=\n))(?P<it>{_WORD})(?= (?:woke|slept|ate|fell|took|told|said|says|asked|asks|wants|needs"
    r"|lands|cries|cried|vomited|refused|settled|called|rang|phoned|arrived|came|lives|works|walked|tolerated|feels"
    r"|felt|keeps|went)\b)"
)
_BEHIND = re.compile(
    rf"(?<![\w.@/-])(?P<it>{_FULL})(?=,? \(?(?:my|our|his|her) (?:\w+ )?{_KIN}\b|,? (?:aged? )?\d{{1,2}}, )"
)
_TURNED = re.compile(
    rf"(?:^|(?<=[.:;!?] )|(?<=\n))(?P<it>{_WORD}(?: [Dd]['’]{_WORD})?(?: {_WORD})?, {_WORD}(?: [{_UP}]\b\.?)?)(?= "
    r"(?:was|is|has|had|DOB|MRN|\d|\()|[,;:] |$)"
)
_AT_A_HUNDRED = re.compile(
    r"\b(?:passed|died|aged|turned|lived to|is|was)(?: away)?(?: at)? (?P<it>(?:one|a) hundred and \w{3,8}"
    r"|ninety-\w{3,5})(?=\s?[,.;!?]|$)"
)
_OLD_KIN = re.compile(
    rf"\b(?:my|his|her|our) (?:\w+ )?{_KIN}(?: \w+)?(?: is|['’]s|s| was| turned| turns) (?P<it>(?:9\d"
    r"|1[01]\d))(?=\s?(?:[,.;!?)]|and\b|but\b|now\b|years?\b|yrs?\b|$))"
)
_MAIL_IN_WORDS = re.compile(
    r"(?<![\w.])(?P<it>[\w.+-]{1,40}(?: dot [\w-]{1,30}){0,3} ?[(\[]?(?:\bat\b|@)[)\]]? ?[\w-]{2,40}(?:(?: dot "
    r"| ?[(\[]dot[)\]] ?|\.)[a-z]{2,20}){1,3})\b"
)
_ABOUT_DAYS = re.compile(
    r"\b(?:guidelines?|guidance|published|publication|updated?|trial|study|studies|law|act|approved|approval|released?|version|edition|revised|issued|fda|cdc|who|nhs|recall(?:ed)?|season|every|each|annual|annually|yearly|between|outbreak|open|hours)\b"
)
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_ORDINALS = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    r"|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-\w{5,7}|thirtieth"
    r"|thirty-first)"
)
_DAYS = (
    re.compile(
        rf"(?<![\w./-])(?P<it>(?:the )?(?:{_ORDINALS}|[0-3]?\d(?:st|nd|rd|th)?\.?(?: ?(?:-|–|to|and|bis"
        rf"|/) ?[0-3]?\d(?:st|nd|rd|th)?\.?)?)[ -](?:of )?{_MONTHS}\b\.?(?:,?[ -](?:19|20)?\d\d\b(?!:))?)"
    ),
    re.compile(
        rf"(?<![\w./-])(?P<it>{_MONTHS}\.? (?:the )?(?:{_ORDINALS}|[0-3]?\d(?:st|nd|rd|th)?(?: ?(?:-|–"
        r"|to) ?[0-3]?\d(?:st|nd|rd|th)?)?)(?![\w%/:]|\.\d| ?(?:mg|ml|mcg|units|percent|hours|days|weeks|months"
        r"|people|patients))(?:,? (?:19|20)\d\d)?)"
    ),
    re.compile(rf"(?<![\w./-])(?P<it>{_MONTHS}\.?,? (?:of )?(?:(?:19|20)\d\d|['’]\d\d))(?!\w)"),
    re.compile(rf"\b{_WEEKDAY},? (?P<it>(?:the )?[0-3]?\d(?:st|nd|rd|th)|the {_ORDINALS})\b"),
    re.compile(
        r"\b(?:or|and|on|since|until|till|by|from|to|before|after|for) (?P<it>the (?:[12]?(?:1st|2nd|3rd)|[12]?\dth"
        r"|30th))(?=\s?(?:[.,;!?)]|$)|\s(?:and|but|at|i|he|she|we|it|so|because|when|with|in|for|if|then|my)\b)"
    ),
    re.compile(
        rf"\b(?:on|since|vom|am|dem|seit|bis|dated?|{_WEEKDAY},?|until|till|by|from|to|and|appt|surgery|for|due|last"
        r"|was|of|started|fell|around|before|after|born) (?P<it>[0-3]?\d[./][01]?\d\.(?!\d)|(?:0?[1-9]"
        r"|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?:/\d\d(?:\d\d)?)?|(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2]))(?![\w/%]"
        r"| ?(?:mg|pain|strength|vision|cup|of|tsp|tablet|people|patients|doses))"
    ),
    re.compile(
        r"(?<![\w./-])(?P<it>(?:0?[1-9]|[12]\d|3[01])(?P<s>[./-])(?:0?[1-9]|[12]\d|3[01])(?P=s)(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[/-][01]\d[/-][0-3]\d)(?![\w/-]|\.\d)"
    ),
    re.compile(
        r"\b(?:on|since|last|this|before|after|around|over) (?P<it>(?:christmas|new year['’]?s|thanksgiving|easter"
        r"|halloween|independence|valentine['’]?s|labor|memorial|mother['’]?s|father['’]?s|boxing"
        r"|st\.? patrick['’]?s) (?:day|eve|monday|sunday)|xmas(?: day| eve)?)\b"
    ),
    re.compile(
        rf"\b(?:on|in|since|last|this past|back in|until|till|by|early|mid|late|of)[ -](?P<it>{_MONTHS})\b(?! (?:be"
        r"|have|cause|also|help|need|\d)\b)"
    ),
)
_GOING = (
    r"(?:mov(?:ed|ing)|relocat(?:ed|ing)|transferr?(?:ed)?|drove|driv(?:es|e|ing)|commut(?:es?|ing)|fl(?:ew|y|ies"
    r"|ying|ights?)|lands?|landed|visit(?:ing|ed|s)?|travel(?:s|ed|led|ling|ing)?|trip|going|goes|went|back|came"
    r"|come|coming|bus|train|ferry|returned|returning|home|shipped|sent|up|down|over|way|headed)"
)
_SOMEWHERE = re.compile(
    rf"\b(?:(?:{_GOING} (?:from|to|in|near|through|via|out to|out of|for)|[Ff]rom|[Ii]n|[Nn]ear|[Oo]utside|[Aa]round"
    r"|[Vv]isiting|[Aa]us|[Nn]ach|[Oo]f|[Aa]t|[Tt]o))(?: (?:the (?:town|city|village) of|beautiful|sunny|rural"
    r"|downtown))? (?P<it>(?:(?:St\.?(?! \w+['’]s)|Bad|San|Santa|Los|Las|El|New|Fort|Port|Mount|Mt\.?|Lake|Little"
    rf"|Great|North|South|East|West|Upper|Lower|Old) )?[{_UP}][{_LOW}'’-]{{2,20}}(?:(?: (?:de|del|la|sur|am|an der"
    r"|upon|on|under|am|im|of) |-(?:on|upon|sur|sous|le|la|in)-"
    rf"| )[{_UP}][{_LOW}'’-]{{2,20}}){{0,2}})(?P<state>,? (?:[A-Z]{{2}}|[A-Z][a-z]{{3,14}})\b)?"
)
_LETTER_PLACES = (
    re.compile(
        rf"(?P<it>\b[{_UP}][\wäöüß.-]{{1,30}}(?: [{_UP}][\wäöüß.-]{{1,30}}){{0,3}} \d{{1,4}} ?[a-z]?,? (?:(?:D|A"
        rf"|CH)-)?\d{{4,5}} [{_UP}][{_LOW}-]{{2,30}}(?: (?:am|an der|im) [{_UP}][{_LOW}]+)?)"
    ),
    re.compile(rf"(?P<it>\bPostfach [\d ]{{2,12}}(?:,? \d{{5}} [{_UP}][{_LOW}-]{{2,30}})?)"),
    re.compile(rf"(?<![\d.,-])(?P<it>(?:D-)?\d{{5}} [{_UP}][äöüß{_LOW}-]{{2,30}})(?=[.,;)\n]|$)"),
    re.compile(
        r"(?P<it>\b(?:Rural Route|RR|R\.R\.|Route|Rte\.?|County Road|CR|HC|Highway|Hwy|FM|State Road"
        r"|SR) #?\d{1,5},? (?:Box|Apt|Unit"
        r"|Lot) \d{1,5}(?:,? [A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?,? [A-Z]{2}\b)?(?: \d{5}(?:-\d{4})?)?)"
    ),
    re.compile(
        rf"(?P<it>\b[{_UP}][{_LOW}'’.-]{{2,20}}(?: [{_UP}][{_LOW}'’-]{{2,20}}){{0,2}}, (?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI"
        r"|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|ON|BC|QC|AB|NS|NB|MB|SK"
        rf"|NSW|VIC|QLD)\b(?: \d{{5}}(?:-\d{{4}})?| [A-Z]\d[A-Z] ?\d[A-Z]\d| \d{{4}})?)"
    ),
    re.compile(r"(?<![\w-])(?P<it>[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"),
    re.compile(
        rf"\b(?:[Ii]n|[Oo]f|[Ff]rom|[Nn]ear|[Tt]o|[Oo]utside) (?P<it>(?:[{_UP}][{_LOW}-]{{2,20}} ){{1,2}}(?:County"
        rf"|Parish|Township|Borough)|(?:County|Co\.) [{_UP}][{_LOW}]{{2,20}})\b"
    ),
    re.compile(
        rf"(?P<it>\b\d{{1,5}}[A-Za-z]?(?:-\d{{1,4}}"
        rf"|/\d{{1,4}})? (?:[NSEW]{{1,2}}\.? )?(?:[{_UP}][\w'’.-]{{1,20}} ){{0,3}}(?:Calle|Rue|Via|Camino|Avenida"
        r"|Paseo|Rua|Broadway|Street|St|Avenue|Ave|Road|Rd|Drive|Lane|Ln|Court|Terrace|Crescent|Way|Place|Close|Mews"
        r"|Hill|Gardens|Park|Row|Walk|Grove|Square|Parade|Parkway|Quay|Esplanade|Circle|Loop|Trail|Boulevard"
        rf"|Blvd)\b\.?(?: (?:de|del|des|du|la|le|les|[{_UP}][\w'’-]{{1,20}})){{0,3}}(?:,? (?:Apt|Unit|Flat|Suite|Ste"
        rf"|#)\.? ?[\w-]{{1,6}})?(?:, [{_UP}][\w'’-]{{2,20}}(?: [{_UP}][\w'’-]{{2,20}})?){{0,2}}(?:,? [A-Z]{{2}}\b)?"
        rf"(?:,? \d{{5}}(?: [{_UP}][{_LOW}]{{2,20}})?| [A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})?)"
    ),
    re.compile(
        r"(?P<it>\b\d{1,5} (?:[nsew] )?[a-z]{3,20}(?: [a-z]{3,20})? (?:street|st|avenue|ave|road|rd|lane|ln|drive|blvd"
        r"|court|terrace|crescent|close)\b(?:,? (?:apt|unit|flat) ?\w{1,5})?)"
    ),
)


_ON_THE_WAY = re.compile(
    rf"\bfrom [A-Z][\w'’-]{{2,20}}(?: [A-Z][\w'’-]{{2,20}}){{0,2}} to (?P<it>[{_UP}][{_LOW}'’-]{{2,20}})\b"
)
_OFFICES = re.compile(
    r"\b(?:Association|Foundation|Department|Society|Federation|Institutes?|National|Administration|Agency|Ministry|Headquarters)\b"
)
_REFERENCE = re.compile(
    r"(?:\b(?:[Pp]olicy|[Nn]o\.|[Nn]umber|[Cc]laim|[Rr]eport|[Rr]ef|[Cc]ertificate|[Ll]icen[cs]e|[Ii]nsurance|[Mm]ember"
    r"|ID|id)(?: is| was)?[ :]{1,2}\#?|\#)(?P<it>[A-Z]{2,5}[ -]?\d{2,7}(?:[ -]\d{2,6}){0,3}(?: [A-Z\d]{5}\b)?)(?![\w%]"
    r"|[.,]\d)"
)
_MEDICAL = re.compile(
    r"(?:ifen|algia|phagia|plasia|trophy|uria|(?:cin|mph|lan|gli|fibr|lip|yel|sarc|auc|aden|ather)omas?|phobia|pnea|rrhea|lysis|stomy|stasis|sclerosis|ants?|izes?|ises?|ous|less|ful|able|ible|ical|oid|cept|tide|mide|zine|xone|cal|fen|dol|profen|max)$"
)


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    return in_file("common_words.txt") | _NOT_NAMES | _NO_PLACE


@lru_cache(maxsize=1)
def _family() -> frozenset[str]:
    return frozenset(name.lower() for name in in_file("family_names.txt"))


_ENDS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "er", "est", "y", "ies")


def _is_word(word: str) -> bool:
    """Whether a word is one of the language, as it stands or with a common ending."""
    low = word.lower().rstrip(".,")
    words = _common_words()
    if low in words or low in word_list("no names"):
        return True
    if low not in lower_given_names() and (_DRUG.search(low) or _MEDICAL.search(low)) and low not in _family():
        return True
    return any(
        low.endswith(end)
        and (low[: -len(end)] in words or low[: -len(end)] + "e" in words)
        and len(low) - len(end) >= 3
        for end in _ENDS
    )


def in_a_message(text: str, low: str) -> Iterator[Found]:
    """What is found in a short text that speaks to or of somebody: names in small letters, signatures, places and days."""
    if len(text) > _MESSAGE or _NO_MESSAGE.search(low) or not (_ABOUT_SOMEBODY.search(low) or CARE.search(low)):
        return
    yield from _small_names(low)
    yield from _written_names(text, low)
    yield from _days(text, low)
    yield from _towns(text, low)
    for match in _REFERENCE.finditer(text):
        if _is_no_code(low, *match.span("it")):
            yield Found(*match.span("it"), Kind.NUMBER)
    for match in _AT_A_HUNDRED.finditer(low):
        yield Found(*match.span("it"), Kind.AGE)
    for match in _OLD_KIN.finditer(low):
        yield Found(*match.span("it"), Kind.AGE)
    if " at " in low or "@" in low or "(at)" in low:
        for match in _MAIL_IN_WORDS.finditer(low):
            if "dot" in match[0]:
                yield Found(*match.span("it"), Kind.EMAIL)


def _small_names(low: str) -> Iterator[Found]:
    for pattern in _SMALL_CUED:
        for match in pattern.finditer(low):
            start, end = match.span("it")
            first, _, second = match["it"].partition(" ")
            if _is_word(first) or len(first) < 3 or _THING_AFTER.match(low, end):
                continue
            if second and _is_word(second):
                end = start + len(first)
            yield Found(start, end, Kind.NAME)


def _written_names(text: str, low: str) -> Iterator[Found]:
    listed = lower_given_names()
    alone = (_OF_TWO, _ALONE) if _TO_SOMEBODY.search(low) or CARE.search(low) else ()
    for pattern in (_END, _TITLED, _BEHIND, _TURNED, _SPOKEN_TO, _DOES, *alone):
        for match in pattern.finditer(text):
            start, end = match.span("it")
            if (
                _WROTE.search(text, max(0, start - 25), start)
                or _THING_AFTER.match(text, end)
                or _AFTER_PLACE.search(text, max(0, start - 12), start)
            ):
                continue
            words = text[start:end].split(" ")
            while words and _is_word(words[0]):
                start += len(words.pop(0)) + 1
            while words and _is_word(words[-1]):
                end -= len(words.pop()) + 1
            if not words or any(_is_word(word) for word in words if len(word) > 3):
                continue
            if pattern is _OF_TWO and len(words) < 2:
                continue
            if (
                _THING_AFTER.match(text, end)
                or text[start:end] in word_list("large places")
                or text[start:end] in word_list("well known")
            ):
                continue
            if (
                pattern is _OF_TWO
                and all(len(word) > 3 or word in _PARTICLES for word in words)
                and not _OF_AN_ILLNESS.search(text, max(0, start - 8), start)
            ):
                yield Found(start, end, Kind.NAME)
                continue
            weak = pattern in (_OF_TWO, _ALONE) or (pattern is _TITLED and match["weak"])
            if weak and not any(word.lower().rstrip(",") in listed for word in words):
                continue
            yield Found(start, end, Kind.NAME)


_AFTER_PLACE = re.compile(r"\b(?:St\.?|Saint|Mount|Fort|Lake|University of|in|near|at) $")


_OF_AN_ILLNESS = re.compile(r"\b(?:of|on|or|for|with|get|have|has|had|about|and) $|- $")


def _days(text: str, low: str) -> Iterator[Found]:
    for pattern in _DAYS:
        for match in pattern.finditer(low):
            start, end = match.span("it")
            if low[start:end] in ("may", "march", "mar", "dec", "sep", "jan") and not text[start].isupper():
                continue
            if low.startswith("may first", start):
                continue
            if low[start:end].rstrip(".").endswith("/10") and ("pain" in low or low.count("/10") > 1):
                continue
            if _NO_DAY.search(low, max(0, start - 12), start) or _ABOUT_DAYS.search(low, max(0, start - 60), start):
                continue
            yield Found(start, end, Kind.DATE)


_SMALL_PLACE = re.compile(
    r"\b(?:(?:i|im|we|he|she|they|who|mom|mum|dad|pt|patient)(?: now| still| both)? liv(?:e|es|ing|ed) (?:in|near"
    r"|outside)|mov(?:ed|ing) (?:back )?(?:to|from|here from)|(?:im|i['’]m|i am|we['’]?re|from|hes|shes|he['’]s"
    r"|she['’]s) from|(?:up|over|down|back) (?:in|from|to)|here in|visiting|fl(?:ew|ying) (?:to|from)|driv(?:e|es"
    rf"|ing) (?:to|from)|drove (?:to|from)|(?:im|i['’]m|i am|this is|its) {_ANY} from) (?P<it>{_ANY})(?=\s?[,.;!?)]|$"
    r"|\s(?:and|but|with|for|last|in|to|so|since|where|on|tx|fl|ny|ca|oh)\b)"
)


def _towns(text: str, low: str) -> Iterator[Found]:
    for match in _SMALL_PLACE.finditer(low):
        first = match["it"]
        if (
            len(first) > 3
            and not _is_word(first)
            and first.title() not in word_list("large places")
            and first not in lower_given_names()
        ):
            yield Found(*match.span("it"), Kind.ADDRESS)
    for match in _SOMEWHERE.finditer(text):
        start, end = match.span("it")
        first, *rest = match["it"].split(" ")
        if match["it"] in word_list("large places") or first.lower() in _NO_PLACE or _THING_AFTER.match(text, end):
            continue
        if _is_word(first) and not (rest and not _is_word(rest[-1])):
            continue
        if first.lower() in lower_given_names():
            continue
        if match[0].startswith(("of", "at", "to", "Of", "At", "To")) and not match["state"]:
            continue
        state = match.end("state") if match["state"] and not _is_word(match["state"].strip(", ")) else end
        yield Found(start, state, Kind.ADDRESS)
    for match in _ON_THE_WAY.finditer(text):
        if not _is_word(match["it"]) and match["it"] not in word_list("large places"):
            yield Found(*match.span("it"), Kind.ADDRESS)
    if _OFFICES.search(text):
        return
    for pattern in _LETTER_PLACES:
        for match in pattern.finditer(text):
            yield Found(*match.span("it"), Kind.ADDRESS)
