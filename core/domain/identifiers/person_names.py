"""Names of persons in texts, found by what stands around them and by lists of common names.

The lists were written for this project: given and family names that are common in many countries. A word in them is a
name only where something else says so: another name beside it, a title, an introduction, or an act that only persons
do.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain.identifiers.word_lists import in_file, word_list

_UP, _LOW = "A-ZÀ-ÖØ-ÞĀČĐĘĞİŁŃŌŒŘŚŞŠŪŻŽ", "a-zß-öø-ÿāăąćčđēęěğīıłńňōőœřśşšţťūůűźżž"
_REST = rf"(?:(?:['’]|c|ac|e|a|l-)?[{_UP}])?[{_LOW}]+(?:[-'’][{_UP}][{_LOW}]+)?"
_WORD = rf"[{_UP}]{_REST}"
_PARTICLE = r"(?:van\ der|van\ den|van|von|de\ la|de\ los|del|della|der|den|de|da|dos|di|bin|ibn|al|el|ter)"
_RUN = re.compile(
    rf"[{_UP}](?<![\w.@/-][{_UP}]){_REST}(?:\ (?:[{_UP}]\.(?:\ ?[{_UP}]\.)?|{_PARTICLE}(?=\ [{_UP}])"
    rf"|[{_UP}](?=\ [{_UP}][{_LOW}])|{_WORD})){{0,4}}"
)
"""Capitalised words beside each other, at most five: looked for once, each is then judged by itself."""
_INITIAL = re.compile(rf"[{_UP}]\.?(?: ?[{_UP}]\.)?$")

_CARE = re.compile(
    r"\b(admit|allerg|asthma|blood|cancer|chemo|chest pain|clinic|complain|diabet|diagnos|discharged|dosage|dose|fever"
    r"|doctor|nurse|follow-?up|headache|history of|hospital|infection|insulin|medication|mg\b|mrn\b|d\.?o\.?b\b"
    r"|date of birth|nausea|pain\b|patient|pt\b|pregnan|prescri|presented (?:with|to)|presents with|rash\b|surgery"
    r"|surgical|symptom|tablet|therapy|treatment|vaccin|years?[- ]old|y/?o\b|underwent|\w{3}ectomy\b|dialysed"
    r"|lab results|labs\b|specimen|anesthe|thyroid|snor|ambulance|checkup|infus|ultrasound|wheelchair|mental|addict"
    r"|rehab|appointment|pharmacy|biopsy|stroke|dialysis|\bgeb\.|wohnhaft|refill|knee|hip\b|neck\b|donat\w+ a|croup"
    r"|goals of care|telehealth|eye pain|fieber|hat fieber|migräne|incision|steroid|ckd\b|copd\b|dementia|icu\b"
    r"|emergency|ward\b|wound|dressing|hypertension|caregiver|hospice|transplant|anxiety|depress|insomnia|sleep\b"
    r"|cough|vomit|seizure|x-ray|mri\b|ct scan|injur|fracture|patientin|klagt|entlassen|aufgenommen|schmerz|krank|arzt"
    r"|mammogram|results\b|refill|procedure|rated|rater|consent|room \d)"
)
_CLINICAL = re.compile(
    r"\b(admitted|allergies|asthma|chemo|clinic|complains|diabet|diagnos|discharged|dosage|follow-?up|history of"
    r"|insulin|medication|mg\b|mrn\b|dob\b|nausea|prescri|presented (?:with|to)|presents with|symptom|tablet|therapy"
    r"|vaccin|years?[- ]old|pt\b|patient|labs\b|biopsy|dialysis|steroid|icu\b|hypertension|transplant|seizure|mri\b"
    r"|ct scan|cancer|infection|surgery)"
)
_SHORT = 400
"""Characters up to which one word of care is enough; a longer text needs four of the clinical ones, for stories have
nurses too.
"""

_TITLE = re.compile(
    r"(?:\b(?:Mr\.?\s(?:and|&)\sMrs|Mr|Mrs|Ms|Mx|Miss|Mister|Madam|Herr|Herrn|Frau|Señora?|Sra?|Mme|Monsieur|Signora?"
    r"|Dona?|Aunt(?:ie)?|Uncle|Grand(?:ma|pa|mother|father)|Tante|Onkel|Oma|Opa|Cousin|Baby|Sister|Brother|Pastor|Rev"
    rf"|Sgt|Capt|Officer|Detective)\b\.?\s(?:{_PARTICLE}\s)?)$"
)
_DOCTOR = re.compile(r"\b(?:(?:[Dd]r|DR|[Pp]rof)\b\.?|Professor|Doctor|Doktor|Surgeon)\s$")
_STAFF = re.compile(
    r"\b(?i:nurse|midwife|therapist|pharmacist|aide|social worker|case manager|counsell?or|sitter|chaplain|widow"
    r"|widower|attending|dietitian|paramedic|technician|caregiver|interpreter|neighbou?r|friend|roommate|landlord"
    r"|teacher|boss|employer|coworker|colleague|contact|guardian|proxy|next of kin|emergency contact|spouse|partner|RN"
    r"|MA|NP|PA),?:?\s$"
)
_INTRODUCED = re.compile(
    r"(?i:\bname(?:['’]?s)?(?:\s?[:=]|\s(?:is|was))|\bsurname(?:\s?[:=]|\sis)|\b(?:patient|man|woman|boy|girl|child"
    r"|client|resident|baby)\s(?:named|called)|\bsigned(?:\sby)?[,:]?|\bpatient\s?[:=]|\bclient\s?[:=]"
    r"|\bcontact\s?[:=]|\bsummary for|\bregarding|\bre:|\bon behalf of|\bich hei(?:ß|ss)e|\bheißt|\baka|\bnée"
    r"|\bformerly)\s{1,20}[\"“(]?$"
)
_SELF = re.compile(r"(?:\b[Tt]his\sis|\b[Ii]\s?am|\b[Ii]['’]?m|\b[Ii]t['’]s|\b[Hh]ere\sis|\bich\sbin)\s$")
_GREETING = re.compile(
    r"(?:\b(?:Dear|Hi|Hello|Hey|Liebe|Lieber|Thanks|Thank you|Regards|regards|Sincerely|sincerely|wishes|Love|Cheers"
    r"|Grüßen?|Yours),?\s{1,5})$"
)
_RELATIVE = re.compile(
    r"(?i:\b(?:my|his|her|their|our|the|patient['’]?s|pt['’]?s|a)?\s?(?:late |older |younger |elder |little |twin "
    r"|eldest |adult )?(?:sons?|daughters?|wife|husband|mother|father|brother|sister|mom|mum|dad|partner|fianc[eé]e?"
    r"|grand(?:son|daughter|mother|father|ma|pa)|uncle|aunt|niece|nephew|cousin|boyfriend|girlfriend|ex-husband"
    r"|ex-wife|step(?:son|daughter|mother|father)|baby|child|kid|twins|tochter|sohn|mutter|vater|ehemann|ehefrau|frau"
    r"|mann|bruder|schwester),?\s(?:\(|is\s|was\s|named\s|called\s)?(?:(?:named|called)\s)?)$"
)
_OURS = re.compile(r"\b(?:[Mm]y|[Oo]ur|[Pp]atient['’]s|[Pp]t['’]s)\s(?:[\w,]+\s){1,4}\(?$")
_POSSESSIVE = re.compile(r"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|\w+['’]s)\s(?:[\w,]+\s){1,4}\(?$")
_PATIENT = re.compile(
    r"(?i:\b(?:patient|pt|baby boy|baby girl|client|resident|patientin|victim|participant|inmate|subject"
    r"|\d\d?\s?[mf])[:,]?\s(?:named\s|is\s|was\s)?)$"
)
_CREDITED = re.compile(
    r"(?:\bby:?|\bSt\.?|\bSaint|\bDirector,|(?:M\.?D|D\.?O|Ph\.?D|R\.?N|M\.?P\.?H|MS|NP|FACP),?|\b[Aa]uthors?:?"
    r"|\b[Ee]ditors?:?|\bcolleagues|\band|\bof|\bat|\b[Tt]he|&)\s$"
)
_CARED_BY = re.compile(
    r"\b(?i:seen|examined|treated|followed|evaluated|assessed|operated|delivered|prescribed|referred|discharged"
    r"|admitted|ordered|signed|dressed|accompanied|visited|brought in|cared for) by\s$"
)
_WROTE = re.compile(
    r"\b(?i:reviewed|written|updated|edited|authored|described|published|discovered|developed|invented|founded|proposed"
    r"|named|created|painted|directed) (?:in \d{4} )?by:?\s"
)
_CLINICIAN_LEFT = re.compile(
    r"\b(?i:seen|saw|sees?|seeing|treated|followed|referred|examined|evaluated|operated|prescribed|delivered|sent|asked"
    r"|told|visit(?:ed)?|appointment|appt|consult(?:ed)?|discussed|spoke|my|our|his|her|under|care of|dear|with"
    r"|attending|surgeon|pcp|cardiologist|oncologist|primary|paged|called|message|admitted|discharged|patient"
    r"|pt)\W+(?:[\w-]+\W+){0,4}$"
)
_PERSONAL = re.compile(r"\b(?:i|me|my|we|us|our|pt|patient|he|she|his|her|him|you|attending|pcp|gp|er|sie|ich|mein)\b")
_BOOK = re.compile(
    r"['’]s (?:book|study|theory|paper|work|show|website|diet|trial|research|method|article)|\s(?:wrote|discovered"
    r"|founded|is the author)"
)
_STORIES = frozenset({"bean", "spock", "potter", "holmes", "president"})
_STORY = re.compile(
    r"\b(?:story|stories|plot|characters?|novel|narrator|protagonist|relationship (?:like )?between|who (?:is"
    r"|are) (?:mr|the)|spaceship|planet|movie|film|book)\b"
)
_CLINICIAN_RIGHT = re.compile(
    r"\s(?:treated|saw|prescribed|operated|told|referred|removed|diagnosed|performed|examined|put|will see|is my"
    r"|ordered|increased|started|stopped|recommended that|called|signed|evaluated|delivered|switched|gave me|at (?:the"
    r"|our|your))\b"
)
_DEGREES = r"(?:M\.?D|D\.?O|Ph\.?D|R\.?N|M\.?P\.?H|MH[AS]|MS|NP|PA-C|FACP|FAAP|FACS|DDS|PharmD|MBBS)\b"
_PROFESSION = re.compile(
    rf"(?:,? (?:Jr|Sr)\b\.?)?,? (?:{_DEGREES}|Editorial|Medical Director|(?:Associate |Assistant )?Profes|author|editor"
    r"|director|founder|who (?:wrote|discovered|founded))"
)
_CITED = re.compile(
    r"\s(?:et\s?al\b|and colleagues|and co-?workers|& )|,? \(?(?:19|20)\d\d\)|\s?&|,? et al|\s(?:wrote|discovered"
    r"|founded|invented|described|published|coined|won the|painted|directed|starred|proposed)\b"
)
_NAMED_AFTER = re.compile(
    r"(?:['’]s?)?(?: [A-Z][\w.'’-]*){0,2}(?:['’]s?)? (?i:syndromes?|diseases?|disorders?|signs?|tests?|scores?|scales?"
    r"|criteria|methods?|procedures?|operation|laws?|palsy|hospitals?|clinics?|cent(?:er|re)s?|university|college"
    r"|institute|foundation|school|society|association|medical|health|street|murmur|nodes?|lymphoma|sarcoma|man(?:eu"
    r"|oeu)ver|road|avenue|award|prize|act|reflex|fracture|contracture|tumou?r|cells?|classification|index|stain|tube"
    r"|catheter|virus|fever|thyroiditis|phenomenon|triad|rules?|equation|formula|diet|study|trial|manual|theory"
    r"|guidelines?|protocol|effect|bodies|rings?|lines?|gland|duct|canal|valve|loop|nerve|muscle|position|incision"
    r"|technique|repair|solution|test|agar|inventory|questionnaire|grading|staging|model|registry|report|library|press"
    r"|company|inc|pharma\w*|group|church|park|hall|house|bridge|river|county|insurance|anemia|esophagus|ulcers?"
    r"|fibers?|spots?|code|marathon|airport|hotel|bank|wort|curve|plot|correlation|forceps|needle|bandage|splint|flap"
    r"|graft|cyst|hernia|pneumonia|paralysis|chorea|ataxia|dementia|arthritis)\b"
)
_EPONYM = re.compile(
    r"['’]s? (?:disease|syndrome|sign|palsy|lymphoma|wort|sarcoma|test|law|phenomenon|thyroiditis|esophagus|chorea"
    r"|ataxia|contracture)\b|-[A-Z]"
)
_ACTS = re.compile(
    r"(?:\s[\w'’]+ly)?\s(?:was|is|has been|had been|is being|were)\s(?:seen in|seen at|seen by|seen on|seen for"
    r"|admitted|discharged|referred|brought|transferred|hospitali[sz]ed|intubated|extubated|readmitted|born"
    r"|found (?:down|unresponsive|on|in)|accompanied|diagnosed with|last seen|scheduled for|evaluated (?:for|in|by)"
    r"|treated (?:for|in|at)|rushed|pronounced|afraid|worried|taken to|told)|\s(?:presented (?:to|with|for)"
    r"|presents (?:to|with|for)|complains|complained|c/o|denies|denied|underwent|lives (?:in|at|alone|with)"
    r"|states that|reports (?:that|feeling|having|no|pain|chest|new|worsening|some|being)|reported (?:that|feeling"
    r"|having|pain)|told|says|said|phoned|called (?:to|today|in|back|about)|returned (?:for|to)|came (?:in|to)|visited"
    r"|arrived|klagt|wurde|tolerated the|takes|asked|refuses|refused|agreed|is (?:an? )?(?:\d|my)|died|passed away"
    r"|collapsed|fell\b|required|missed (?:his|her)|left against|gave birth|has (?:stage|a history|had|been|no known))"
    r"|,\s(?:an? )?\d{1,3}(?:\s?[,.]|[- ](?:year|y)|\s?y/?o|[MF]\b)|\s\(\d{1,3}(?:\)|[ ,]?[MFymf])|\s?\(?,?\s?(?:DOB"
    r"|MRN|dob|mrn)\b|['’]s (?:mother|father|wife|husband|daughter|son|daughter|family|chart|blood pressure|labs"
    r"|medications|symptoms|condition|wound|insurance|room|surgery|appointment)"
)
_ACTS_OF_LISTED = re.compile(
    r"['’]s\s(?!disease|syndrome)|\s(?:is|was|has|had|and (?:his|her|I|my)|can['’]?t|cannot|will|needs|wants|feels|felt"
    r"|went|helps?|helped|gave|took|keeps|states|reports|started|stopped|complains|seems|who|with|lost|still"
    r"|doesn['’]t|isn['’]t|wrote to|h[aä]t|ist)\b"
)
_BY_ACTS_ONLY = re.compile(
    r"(?:tion|ment|ness|ity|itis|osis|emia|aemia|oma|ing|ism|ency|ance|ence|ics|pathy|ectomy|oscopy|ology|graphy|ists?"
    r"|ers|ians?|ies|cin|pril|olol|statin|azole|mab|nib|vir|pine|sone|ine|ide|ate|ol|ium|ed|ly)$"
)

_LEADING = word_list("leading")
_NO_NAMES = word_list("no names")
_SPARED = word_list("well known")
_WORDS_TOO = word_list("given names that are words")
_FAMILY_TOO = word_list("family names that are words")


_FAMILY_FORM = re.compile(
    rf"(?:Mc|Mac|Fitz|O['’])[{_UP}][{_LOW}]{{2,}}$|[{_UP}][{_LOW}]{{2,}}(?:sk[iy]|ska|wicz|czyk|enko|[aeio]v[ae]?|ovich"
    r"|evich|vić|poulos|idis|akis|sson|ssen|nsen|rsen|dottir|dóttir|stein|baum|escu|[dq]u?vist|qvist|qu?ist|str[oö]m"
    r"|oğlu|oglu|zadeh|shvili|ashvili|kova|mann|singh|deep|swamy|murthy|nathan|wala|arian|[bfgkmw]unmi|owski|lainen"
    r"|nen|ez|eaux|elli|etti|ucci|acci|ini|hara|moto|mura|yama|gawa|zaki|shita)$"
)
"""Endings that family names have and words hardly; like the lists they are believed only beside something else."""
_REASONS = word_list("reasons")
"""The last word before a name that can be a reason to believe in it; which ones hold is looked at more closely then."""


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return in_file("given_names.txt") | _WORDS_TOO


@lru_cache(maxsize=1)
def _family_names() -> frozenset[str]:
    return in_file("family_names.txt")


@lru_cache(maxsize=1)
def lower_given_names() -> frozenset[str]:
    """Common given names that are no other words, in lower case."""
    return frozenset(name.lower() for name in _given_names() - _WORDS_TOO if len(name) > 2) - _NO_NAMES


@lru_cache(maxsize=1)
def _lower_family_names() -> frozenset[str]:
    return frozenset(name.lower() for name in _family_names() - _FAMILY_TOO if len(name) > 2) - _NO_NAMES


def is_word_too(word: str) -> bool:
    """Whether a name is also a common word, so that it says nothing where it stands alone."""
    return word in _WORDS_TOO or word in _FAMILY_TOO or word.lower() in _NO_NAMES or word.rstrip(".") in _LEADING


def names(text: str, low: str) -> Iterator[tuple[int, int]]:
    """Where persons are named in a text, as (start, end); ``low`` is the text in lower case, of the same length.

    A name is believed when somebody is introduced by it ("my name is", "Patient:", "my son"), or in a text that speaks
    of care when a title, another name of the lists or an act of a person ("was admitted") stands beside it. Those who
    write ("reviewed by", "et al.") and what is named after somebody ("... syndrome") are left out; those who treated
    this person are not, for who was seen by whom, and when, leads to one person.
    """
    reader = _Reader(text, low)
    for match in _RUN.finditer(text):
        yield from reader.judge(match.start(), match.end())
    yield from reader.in_lower_case()
    yield from reader.in_capitals()


class _Reader:
    """One text while its names are looked for."""

    def __init__(self, text: str, low: str) -> None:
        self.text, self.low = text, low
        self._cares: bool | None = None
        self._story: bool | None = None

    @property
    def in_care(self) -> bool:
        """Whether the text speaks of care; asked for at most once, for the whole text is read for it."""
        if self._cares is None:
            self._cares = _speaks_of_care(self.low) and not self.tells_a_story
        return self._cares

    @property
    def tells_a_story(self) -> bool:
        """Whether a short text asks about people in a book."""
        if self._story is None:
            self._story = len(self.text) <= _SHORT and _STORY.search(self.low) is not None
        return self._story

    def judge(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The name in a run of capitalised words, if it is one."""
        words = self.text[start:end].split(" ")
        while words and words[0] in _LEADING:
            start += len(words.pop(0)) + 1
        while words and words[-1].lower() in _NO_NAMES and words[-1] not in _family_names():
            end -= len(words.pop()) + 1
        if not words or (_INITIAL.match(words[0]) and len(words) == 1):
            return
        given, family = _given_names(), _family_names()
        first_given = next((at for at, word in enumerate(words) if word in given and word not in _WORDS_TOO), 0)
        if first_given and not any(word in given or word in family for word in words[:first_given]):
            start += sum(len(word) + 1 for word in words[:first_given])
            del words[:first_given]
        bare = [word for word in words if not _INITIAL.match(word) and word[0].isupper()]
        if not bare:
            return
        parts = [part for word in bare for part in (word, *word.split("-"))]
        listed = [word for word in parts if word in given or word in family or _FAMILY_FORM.match(word)]
        two = len(bare) >= 2
        if not listed and two and bare[0].lower() in _NO_NAMES:
            return
        left = self.text[max(0, start - 50) : start]
        before = left.rsplit(None, 1)[-1].lower().strip('.,:;!?("“=') if left.strip() else ""
        if (
            not listed
            and before not in _REASONS
            and left[-1:] not in "\n(\t|:"
            and not _PERSONS_ONLY.match(self.text, end)
        ):
            return
        if self._believed(bare, bool(listed), two, left, before, end):
            titled = _TITLES_BEFORE.search(left)
            yield self._with_given_name(start - len(titled[0]) if titled else start, end, bare)
        elif len(bare) == 1 and bare[0] in family and bare[0] not in _FAMILY_TOO and self.in_care:
            initial = _INITIAL_BEFORE.search(left)
            if initial and not _CREDITED.search(left[: initial.start("it")]) and not _REFERENCE.match(self.text, end):
                yield start - len(initial["it"]), end

    def _believed(self, bare: list[str], listed: bool, two: bool, left: str, before: str, end: int) -> bool:
        right = self.text[end : end + 60]
        first, common = bare[0], all(word.lower() in _NO_NAMES for word in bare)
        given, family = _given_names(), _family_names()
        if _NAMED_AFTER.match(right) or _EPONYM.match(right) or _CITED.match(right):
            return False
        if two and f"{first} {bare[1]}" in _SPARED:
            return False
        if before in _REASONS and left.endswith(" "):
            if _DOCTOR.search(left):
                if _WROTE.search(left) or _PROFESSION.match(right) or not (self.in_care or len(self.text) <= _SHORT):
                    return False
                if len(self.text) <= _SHORT and _PERSONAL.search(self.low) and not _BOOK.match(right):
                    return True
                return bool(_CLINICIAN_LEFT.search(_DOCTOR.sub("", left)) or _CLINICIAN_RIGHT.match(right))
            if common:
                return False
            if _TITLE.search(left):
                return self.in_care or (
                    len(self.text) <= _SHORT and not self.tells_a_story and first.lower() not in _STORIES
                )
            if _INTRODUCED.search(left):
                own = "my name" in left.lower() or "patient" in left.lower() or len(self.text) <= 5 * len(left)
                if (own or self.in_care) and (listed or two or "name" in left[-12:].lower()):
                    return True
            if _SELF.search(left):
                return listed and (two or first in given) and (self.in_care or len(self.text) <= _SHORT)
            if _GREETING.search(left) and (first in given or (listed and two)):
                return len(self.text) <= 5 * _SHORT and not _PROFESSION.match(right)
            if _RELATIVE.search(left):
                if not (self.in_care or _OURS.search(left) or (len(self.text) <= _SHORT and listed)):
                    return False
                return listed or (_POSSESSIVE.search(left) is not None and _BY_ACTS_ONLY.search(first) is None)
            if (_STAFF.search(left) or _CARED_BY.search(left)) and listed and self.in_care:
                return not _PROFESSION.match(right)
            if _PATIENT.search(left) and (listed or _ACTS.match(right)) and self.in_care:
                return True
        elif left.endswith(("\n", "(", ":", ",", "\t", "|")) or not left:
            if (
                left
                and left.rstrip().endswith(("name:", "Name:", "patient:", "Patient:", "PATIENT:", "NAME:"))
                and (listed or two)
                and not common
            ):
                return True
            if left.endswith("(") and listed and _RELATIVE.search(left):
                return self.in_care
            if (
                re.search(
                    r"(?:regards|sincerely|thanks|thank you|yours|wishes|love|cheers|grüßen),?\s{0,5}\n\s{0,5}$",
                    left,
                    re.IGNORECASE,
                )
                and listed
                and not common
            ):
                return True
        if common or _PROFESSION.match(right):
            return False
        single_line = not left or left[-1] == "\n"
        if two and listed:
            strong = first in given and (bare[-1] in family or _FAMILY_FORM.match(bare[-1]) is not None)
            if _CREDITED.search(left) and not (
                _CARED_BY.search(left) or (strong and re.search(r"\b(?:and|of|the|at)\s$", left) and _ACTS.match(right))
            ):
                return False
            if strong and first not in _WORDS_TOO and len(self.text) <= _SHORT and not self.tells_a_story:
                return True
            if first in given and bare[-1].lower() not in _NO_NAMES and (first not in _WORDS_TOO or bare[-1] in family):
                return self.in_care or (strong and single_line and len(self.text) <= 80)
            if (
                (bare[-1] in family or _FAMILY_FORM.match(bare[-1]))
                and bare[-1] not in _FAMILY_TOO
                and first.lower() not in _NO_NAMES
            ):
                return self.in_care and len(self.text) <= 5 * _SHORT
            if any(word in given for word in bare) and _ACTS.match(right):
                return self.in_care
        word = bare[-1]
        if _CREDITED.search(left) and not left.endswith((" and ", " the ")):
            return False
        if listed and (not is_word_too(word) or left.endswith(", ")) and _ACTS.match(right):
            return self.in_care
        if word in given and word not in _WORDS_TOO and not two and _ACTS_OF_LISTED.match(right):
            return self.in_care and len(self.text) <= 5 * _SHORT
        if (
            word in given
            and not is_word_too(word)
            and not two
            and re.match(r"\W{0,3}$", right)
            and re.search(r"(?:[.!?\n]|[-–—~])\s{0,5}$", left)
        ):
            return len(self.text) <= 5 * _SHORT  # signed
        if word in given and not is_word_too(word) and not two and len(self.text) <= _SHORT and self.in_care:
            return not left.endswith(("in ", "from ", "near ", "called ", "the "))
        if two and not listed and before in ("patient", "pt", "client", "resident") and _REPORTS.match(right):
            return self.in_care and not any(_BY_ACTS_ONLY.search(part) for part in bare)
        if not two and word in family and re.match(rf", {_WORD}", right):
            after = re.match(rf", ({_WORD})", right)
            return (
                after is not None
                and not given.isdisjoint([after[1], *after[1].split("-")])
                and after[1] not in _WORDS_TOO
                and self.in_care
            )
        if not listed and not is_word_too(word) and not two and _ACTS.match(right) and not _BY_ACTS_ONLY.search(word):
            return _PERSONS_ONLY.match(right) is not None and len(self.text) <= 5 * _SHORT and self.in_care
        return False

    def _with_given_name(self, start: int, end: int, bare: list[str]) -> tuple[int, int]:
        """The place of a name; "Smith, John A." has its given name behind."""
        if len(bare) == 1 and bare[0] in _family_names():
            after = _GIVEN_BEHIND.match(self.text, end)
            if after is not None and not _given_names().isdisjoint([after["given"], *after["given"].split("-")]):
                end = after.end()
        return start, end

    def in_lower_case(self) -> Iterator[tuple[int, int]]:
        """Names typed in small letters after an introduction, or both names in a short text about care."""
        low = self.low
        given, family = lower_given_names(), _lower_family_names()
        if any(hint in low for hint in ("name is", "name's", "name’s", "names ", "name:", " called ")):
            for match in _OWN_NAME.finditer(low):
                for group in ("three", "two", "one"):
                    taken = match[group]
                    introduced = _OF_WHOM.match(match[0]) or (taken and taken.split()[0] in given and self.in_care)
                    if taken and introduced and not any(word in _SMALL_WORDS for word in taken.split()):
                        yield match.span(group)
                        break
        for match in (
            _SMALL_RELATIVE.finditer(low)
            if len(low) <= 5 * _SHORT and not given.isdisjoint(_SMALL_WORD.findall(low))
            else ()
        ):
            ours = match[0].startswith(("my", "our"))
            if match["it"] in given and match["it"] not in _SMALL_WORDS and (ours or self.in_care):
                yield match.span("it")
        if len(low) <= 5 * _SHORT and not (given.isdisjoint(low.split()) and family.isdisjoint(low.split())):
            for match in _SMALL_PATIENT.finditer(low):
                one, other = match["one"], match["other"]
                if not self.text[match.start("one")].islower():
                    continue
                if match["title"]:
                    if one in family or one in given:
                        yield match.start("one"), match.end("one")
                elif one in given and one not in _SMALL_WORDS:
                    end = match.end("other") if other and (other.title() in _family_names()) else match.end("one")
                    yield match.start("one"), end
        if len(low) <= _SHORT and not given.isdisjoint(low.split()) and self.in_care:
            before: tuple[str, int] = ("", -1)
            for match in _SMALL_WORD.finditer(low):
                word = match[0]
                start = before[1] - len(before[0])
                beside = before[0] in given and word in family and match.start() == before[1] + 1
                if beside and self.text[start : match.end()].islower():
                    yield start, match.end()
                before = (word, match.end())

    def in_capitals(self) -> Iterator[tuple[int, int]]:
        """SMITH, JOHN as lists of patients have it."""
        given, family = lower_given_names(), _family_names()
        for match in _CAPITALS.finditer(self.text):
            one, other = match["one"].lower(), match["other"].lower()
            names_of_both = (
                (one in given or one.title() in given) + (one.title() in family),
                (other in given) + (other.title() in family),
            )
            if all(names_of_both) and (one in given or other in given):
                yield match.span()


_TITLES_BEFORE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Mx|Miss|Mister|Herrn?|Frau|Señora?|Sra?|Mme|Aunt(?:ie)?|Uncle|Grand(?:ma|pa)|Dr|DR"
    rf"|Prof)\b\.?\s(?:(?:and|&)\s)?){{1,3}}(?:{_PARTICLE}\s)?$"
)
_INITIAL_BEFORE = re.compile(rf"(?:^|[\s(])(?P<it>[{_UP}]\.\s?(?:[{_UP}]\.\s?)?)$")
_REFERENCE = re.compile(r",? (?:[A-Z]{1,2}\b|et al|\(?(?:19|20)\d\d)|, [A-Z]\.")
_PERSONS_ONLY = re.compile(
    r"\s(?:was|has been) (?:seen in|seen by|seen at|seen on|seen for|admitted|discharged|referred|brought|transferred"
    r"|born|found down)|\s(?:presented (?:to|with|for)|presents (?:to|with|for)|complains|complained|c/o|denies|denied"
    r"|underwent|lives (?:in|alone|with)|states|reports (?:that|feeling|having|no|pain|chest)|phoned|called (?:to"
    r"|today|in|back|about)|tolerated the|passed away|says (?:he|she))|,\s(?:an? )?\d{1,3}(?:\s?,|[- ](?:year|y)"
    r"|\s?y/?o|[MF]\b)|\s\(\d{1,3}[ ,]?[MFymf]|\s?\(?(?:DOB|MRN)\b"
)
_REPORTS = re.compile(
    r"\s(?:reports|states|denies|says|is|was|has|had|presented|presents|underwent|came|called|lives|takes)\b"
    r"|,? \(?\d{1,3}\b"
)
_GIVEN_BEHIND = re.compile(rf", (?P<given>{_WORD})(?: (?:[{_UP}]\.|[{_UP}]\b))?")
_OWN_NAME = re.compile(
    r"\b(?:my (?:full |real )?name(?:['’]?s| is)|(?:his|her|patient|patient['’]s|patients|child['’]s|son['’]s"
    r"|daughter['’]s) name is|name is|i am called|people call me"
    r"|name:) (?=(?P<one>[^\W\d_][^\W\d_'’-]{1,20})(?![\w@]))(?=(?P<two>[^\W\d_][^\W\d_'’-]{1,20}"
    r" [^\W\d_][^\W\d_'’-]{1,20})(?![\w@]))?(?=(?P<three>[^\W\d_]{2,20} (?:de la|de|del|van der|van|von|al|bin"
    r"|el) [^\W\d_]{2,20})(?![\w@]))?"
)
_OF_WHOM = re.compile(r"my |i am|people|patient|child|son|daughter")
_SMALL_RELATIVE = re.compile(
    r"\b(?:my|his|her|our) (?:son|daughter|wife|husband|mother|father|brother|sister|mom|mum|dad|partner|friend"
    r"|boyfriend|girlfriend|baby|grandson|granddaughter|grandma|grandpa|aunt|uncle|niece|nephew"
    r"|cousin),? (?:(?:is )?(?:named|called) )?(?P<it>[^\W\d_]{3,20})\b"
)
_SMALL_PATIENT = re.compile(
    r"\b(?:patient|pt|client|resident|(?P<title>mr|mrs|ms|miss"
    r"|dr))\b\.?,? (?:named )?(?P<one>[^\W\d_][^\W\d_'’]{1,20})(?: (?P<other>[^\W\d_][^\W\d_'’-]{1,20}))?"
)
_SMALL_WORD = re.compile(r"[^\W\d_]{3,20}")
_SMALL_WORDS = word_list("small words")
_CAPITALS = re.compile(
    r"(?P<one>[A-ZÀ-Þ](?<![\w-].)[A-ZÀ-Þ'’-][A-ZÀ-Þ-]{0,20}),? (?P<other>[A-ZÀ-Þ][A-ZÀ-Þ'’-]{1,20})(?![\w-])(?:"
    r" [A-Z]\.?(?!\w))?"
)


def _speaks_of_care(low: str) -> bool:
    if len(low) <= _SHORT:
        return _CARE.search(low) is not None
    wanted = 4
    seen: set[str] = set()
    for match in _CLINICAL.finditer(low):
        seen.add(match[1])
        if len(seen) >= wanted:
            return True
    return False
