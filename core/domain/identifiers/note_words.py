"""Words and shapes by which notes and messages about care are read: names, months, what is no name, place or code."""

import re
from functools import lru_cache

from core.domain.identifiers.word_lists import in_file, word_list

UPPER, LOWER = "A-ZÀ-ÖØ-ÞĀ-Ž", "a-zß-öø-ÿāăąćčđēęěğīıłńňōőœřśşšţťūůűźżžơưạ-ỹ"
NAME_WORD = (
    rf"(?:(?:al|el|bin|ibn|de|da|di|la|van|von|den|der|dos|abu|ben)[- ]){{0,2}}(?:[OD]['’]|Mc|Mac|Al-|El-"
    rf"|Ben-)?[{UPPER}][{LOWER}]+(?:[-'’][{UPPER}][{LOWER}]+){{0,2}}"
)
FULL_NAME = (
    rf"(?:[{UPPER}]\.? ){{0,2}}{NAME_WORD}(?: (?:[{UPPER}]\.? |(?:van|von|der|den|de|la|del|da|di|bin"
    rf"|al) ){{0,3}}{NAME_WORD}){{0,3}}"
)
CARE = re.compile(
    r"\b(?:pts?|pat|patient|s/p|c/o|d/w|f/u|fu|r/o|h/o|y/?o|hx|dx|rx|tx|sx|bp|hr|rr|hgb|npo|pod|prn|bid|tid|qhs|wt"
    r"|meds?|neuro|psa|ekg|ecg|icu|nicu|ama|nka|nkda|a1c|clinic|clinical|clinician|rn|np|ot|slp|pcp|gp|vna|pa|hd|ctx"
    r"|abx|cbc|bmp|inr|iv|ct|mri|eeg|dob|mrn|mg|ml|mcg|dose|doses|doctor|nurse|ward|bed|hospital|surgery|surgical|pain"
    r"|fever|cough|rash|wound|fall|fell|diagnos\w+|admit\w*|admission|discharge\w*|symptom\w*|medic\w+|insulin|blood"
    r"|allerg\w+|cancer|tumou?r|chemo\w*|stroke|seizure\w*|pregnan\w+|asthma\w*|diabet\w+|insurance|appointment|appt"
    r"|pharmac\w+|therap\w+|rehab|hospice|transplant|dialysis|implant\w*|pump|pacemaker|prosthe\w+|consent\w*|deceased"
    r"|chart|prescri\w+|refill\w*|labs?|biops\w+|x-?ray|ultrasound|scan|vaccin\w+|kidney|liver|heart|lung|knee|hip"
    r"|headache\w*|migraine\w*|depress\w+|anxiety|dementia|caregiver|referr\w+|mychart|portal|\w+(?:itis|ectomy|oscopy"
    r"|emia|aemia|plasty|pathy))\b"
)
NOT_NAMES = word_list("not names in a note")
DRUG = re.compile(
    r"(?:pril|olol|statin|azole|mab|nib|vir|pine|sone|sartan|cillin|cycline|mycin|floxacin|oxetine|idone|azepam|zolam"
    r"|tidine|prazole|formin|gliptin|glutide|parin|xaban|itis|osis|emia|ectomy|oscopy|ology|ologist|pathy|graphy|gram"
    r"|therapy|tion|ment|ness|ity|ing|ism|ium|ide|ate|ine|cin|ally)$"
)
THING_AFTER = re.compile(
    r"(?:['’]s?)?(?:[- ][A-Z][\w'’-]*)?(?:['’]s?)? ?(?i:syndrome|disease|sign|test|score|scale|criteria|procedure|palsy"
    r"|hospital|clinic|cent(?:er|re)|university|college|institute|foundation|school|maneuver|manoeuvre|fracture"
    r"|lymphoma|sarcoma|catheter|stain|tube|index|classification|phenomenon|reflex|contracture|thyroiditis|diet"
    r"|protocol|nodes?|esophagus|drain|line|repair|bypass|fundoplication|pouch|resection|pump|monitor|device|meter"
    r"|valve|stent|lens|implant|pen|inhaler|trial|study|equation|formula|rule|law|tumou?r|cells?|virus|fever|disorder"
    r"|ataxia|chorea|dementia|hernia|medical|health|et al|and colleagues|sensor|cuff|boot|splint|collar|swab|scan|mg"
    r"|mcg|ml|units|\d+ ?m[gc])"
)
WROTE = re.compile(
    r"\b(?:written|authored|edited|published|described|proposed|invented|reviewed|updated|developed|directed) by ",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    ["al", "el", "bin", "ibn", "de", "da", "di", "la", "van", "von", "den", "der", "dos", "del", "abu", "ben", "y"]
)
MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr"
    r"|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember)"
)
NO_DAY = re.compile(
    r"(?:bp|iop|pain|strength|gcs|vision|version|ratio|score|v|versions?|reflexes|power)[ :]{0,2}$|may \d+ (?:mg|ml)"
)
_NO_CODE = re.compile(
    r"(?:nct|isrctn|pmid|pmc|icd|cpt|rs|loinc|doi|isbn|issn|eudract|hcpcs|ndc|snomed|rxnorm|covid|sars|bnt|mrna|ca|cd"
    r"|il|b|p|hla|egfr|brca|hpv|h\d|grant|r01|u01|iso|en|mk|abt|gsk|azd)[- :#]{0,2}\d[\d.:-]*[a-z]?$"
)
_UNIT_AFTER = re.compile(
    r" ?(?:mg|mcg|ml|kg|cm|mm|units?|%|bpm|days?|weeks?|months?|years?|hours?|minutes|patients|people|times|x\b|mmhg|lb"
    r"|iu|doses?|am\b|pm\b|tablets?|caps)"
)


def is_no_code(low: str, start: int, end: int) -> bool:
    """Whether a number is none of those that stand for a thing, an amount, or a hotline."""
    written = low[start:end]
    if re.fullmatch(r"(?:1-)?8(?:00|88|77|66|55|44|33)-\d{3}-\d{4}|\d{4}-\d{4}", written):
        return False
    return _NO_CODE.match(written) is None and _UNIT_AFTER.match(low, end) is None and low[start - 1 : start] != "$"


NO_PLACES = word_list("no places")


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The words of the language and of care that are nobody's name."""
    return in_file("common_words.txt") | NOT_NAMES | NO_PLACES
