"""Identifiers in messages and letters to or about somebody: names in small letters, signatures, places and days."""

import re
from collections.abc import Iterator
from functools import lru_cache

from core.domain.found import Found, Kind
from core.domain.identifiers.note_words import (
    CARE,
    DRUG,
    FULL_NAME,
    LOWER,
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
from core.domain.identifiers.person_names import lower_given_names
from core.domain.identifiers.word_lists import in_file, word_list

_MESSAGE = 600
"""Characters of a text that may be a message or a letter to somebody."""
_ABOUT_SOMEBODY = re.compile(
    r"\b(?:i|im|i['’]m|ive|my|me|we|our|us|your|you|pt|pts|patient|dear|hi|hello|hey|thanks|regards|he|she|his|her|mrs?"
    r"|ms|counsel|attorney|mother|father|daughter|son|wife|husband|baby|shift|user|wishes|sincerely|grüße|wir|uns|ich"
    r"|mein\w*|herr|frau|insured|claimant|applicant|subscriber|employee|deceased|estate)\b"
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
_ANY = rf"[{LOWER}]{{2,20}}(?:[-'’][{LOWER}]{{2,20}})?"
_KIN = (
    r"(?:(?:great|step|grand|foster|half|god)-?)?(?:son|daughter|wife|husband|hubby|mother|father|mom|mum|mummy|mama"
    r"|dad|daddy|papa|brother|bro|sister|sis|partner|fianc[ée]e?|uncle|aunt(?:ie|y)?|niece|nephew|cousin|girlfriend"
    r"|boyfriend|gf|bf|spouse|twins?|baby|kid|child|boy|girl|nana|nan|gran|granny|grandma|grandpa|friend|mate"
    r"|neighbou?r|roommate|flatmate|boss|carer|caregiver|toddler|newborn|ex|landlord|landlady|coworker|colleague|coach"
    r"|teacher|nurse|doctor|doc|therapist|dentist|surgeon|midwife|gp)"
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
    rf"|[Gg]rüßen?)[,.!]?\s)(?P<it>(?:Dr\.? )?{FULL_NAME})(?:,? (?:MD|RN|NP|DO|PhD))?[.!)]?\s*(?=$|\n)"
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
    rf"|[Ww]orks? (?:for|at))(?: |(?<=[\"“]))[(\"“]?(?P<it>{FULL_NAME}(?: y {NAME_WORD})?)"
)
_OF_TWO = re.compile(
    rf"(?<![\w.@/-])(?P<it>{NAME_WORD}(?: (?:[{UPPER}]\.? ?){{1,2}})? (?:(?:van|von|der|den|de|la|del|da|di|bin|al|y"
    rf"|Graf) ){{0,2}}{NAME_WORD}(?: (?:y )?{NAME_WORD}){{0,2}})(?![\w-])"
)
_ALONE = re.compile(rf"(?<![\w.@/-])(?P<it>{NAME_WORD})(?![\w-]| [{UPPER}])")
_SPOKEN_TO = re.compile(rf", (?P<it>{NAME_WORD})(?=, (?:you|your|I|we|please|the|it|this)\b|[.!?]?$)")
_DOES = re.compile(
    rf"(?:^|(?<=[.:;!?] )|(?<=\n))(?P<it>{NAME_WORD})(?= (?:woke|slept|ate|fell|took|told|said|says|asked|asks|wants"
    r"|needs|lands|cries|cried|vomited|refused|settled|called|rang|phoned|arrived|came|lives|works|walked|tolerated"
    r"|feels|felt|keeps|went)\b)"
)
_BEHIND = re.compile(
    rf"(?<![\w.@/-])(?P<it>{FULL_NAME})(?=,? \(?(?:my|our|his|her) (?:\w+ )?{_KIN}\b|,? (?:aged? )?\d{{1,2}}, )"
)
_TURNED = re.compile(
    rf"(?:^|(?<=[.:;!?] )|(?<=\n))(?P<it>{NAME_WORD}(?: [Dd]['’]{NAME_WORD})?(?: {NAME_WORD})?, {NAME_WORD}(?:"
    rf" [{UPPER}]\b\.?)?)(?= (?:was|is|has|had|DOB|MRN|\d|\()|[,;:] |$)"
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
    r"\b(?:guidelines?|guidance|published|publication|updated?|trial|study|studies|law|act|approved|approval|released?"
    r"|version|edition|revised|issued|fda|cdc|who|nhs|recall(?:ed)?|season|every|each|annual|annually|yearly|between"
    r"|outbreak|open|hours)\b"
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
        rf"|/) ?[0-3]?\d(?:st|nd|rd|th)?\.?)?)[ -](?:of )?{MONTHS}\b\.?(?:,?[ -](?:19|20)?\d\d\b(?!:))?)"
    ),
    re.compile(
        rf"(?<![\w./-])(?P<it>{MONTHS}\.? (?:the )?(?:{_ORDINALS}|[0-3]?\d(?:st|nd|rd|th)?(?: ?(?:-|–"
        r"|to) ?[0-3]?\d(?:st|nd|rd|th)?)?)(?![\w%/:]|\.\d| ?(?:mg|ml|mcg|units|percent|hours|days|weeks|months"
        r"|people|patients))(?:,? (?:19|20)\d\d)?)"
    ),
    re.compile(rf"(?<![\w./-])(?P<it>{MONTHS}\.?,? (?:of )?(?:(?:19|20)\d\d|['’]\d\d))(?!\w)"),
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
        r"(?<![\w./-])(?P<it>(?:0?[1-9]|[12]\d|3[01])(?P<s>[./-])(?:0?[1-9]|[12]\d|3[01])(?P=s)(?:(?:19|20)\d\d|\d\d)"
        r"|(?:19|20)\d\d[/-][01]\d[/-][0-3]\d)(?![\w/-]|\.\d)"
    ),
    re.compile(
        r"\b(?:on|since|last|this|before|after|around|over) (?P<it>(?:christmas|new year['’]?s|thanksgiving|easter"
        r"|halloween|independence|valentine['’]?s|labor|memorial|mother['’]?s|father['’]?s|boxing"
        r"|st\.? patrick['’]?s) (?:day|eve|monday|sunday)|xmas(?: day| eve)?)\b"
    ),
    re.compile(
        rf"\b(?:on|in|since|last|this past|back in|until|till|by|early|mid|late|of)[ -](?P<it>{MONTHS})\b(?! (?:be"
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
    rf"|Great|North|South|East|West|Upper|Lower|Old) )?[{UPPER}][{LOWER}'’-]{{2,20}}(?:(?: (?:de|del|la|sur|am|an der"
    r"|upon|on|under|am|im|of) |-(?:on|upon|sur|sous|le|la|in)-"
    rf"| )[{UPPER}][{LOWER}'’-]{{2,20}}){{0,2}})(?P<state>,? (?:[A-Z]{{2}}|[A-Z][a-z]{{3,14}})\b)?"
)
_LETTER_PLACES = (
    re.compile(
        rf"(?P<it>\b[{UPPER}][\wäöüß.-]{{1,30}}(?: [{UPPER}][\wäöüß.-]{{1,30}}){{0,3}} \d{{1,4}} ?[a-z]?,? (?:(?:D|A"
        rf"|CH)-)?\d{{4,5}} [{UPPER}][{LOWER}-]{{2,30}}(?: (?:am|an der|im) [{UPPER}][{LOWER}]+)?)"
    ),
    re.compile(rf"(?P<it>\bPostfach [\d ]{{2,12}}(?:,? \d{{5}} [{UPPER}][{LOWER}-]{{2,30}})?)"),
    re.compile(rf"(?<![\d.,-])(?P<it>(?:D-)?\d{{5}} [{UPPER}][äöüß{LOWER}-]{{2,30}})(?=[.,;)\n]|$)"),
    re.compile(
        r"(?P<it>\b(?:Rural Route|RR|R\.R\.|Route|Rte\.?|County Road|CR|HC|Highway|Hwy|FM|State Road"
        r"|SR) #?\d{1,5},? (?:Box|Apt|Unit"
        r"|Lot) \d{1,5}(?:,? [A-Z][a-z]{2,20}(?: [A-Z][a-z]{2,20})?,? [A-Z]{2}\b)?(?: \d{5}(?:-\d{4})?)?)"
    ),
    re.compile(
        rf"(?P<it>\b[{UPPER}][{LOWER}'’.-]{{2,20}}(?: [{UPPER}][{LOWER}'’-]{{2,20}}){{0,2}}, (?:A[KLRZ]|C[AOT]|D[CE]|FL"
        r"|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|ON|BC|QC|AB|NS|NB"
        rf"|MB|SK|NSW|VIC|QLD)\b(?: \d{{5}}(?:-\d{{4}})?| [A-Z]\d[A-Z] ?\d[A-Z]\d| \d{{4}})?)"
    ),
    re.compile(r"(?<![\w-])(?P<it>[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})(?![\w-])"),
    re.compile(
        rf"\b(?:[Ii]n|[Oo]f|[Ff]rom|[Nn]ear|[Tt]o|[Oo]utside) (?P<it>(?:[{UPPER}][{LOWER}-]{{2,20}} ){{1,2}}(?:County"
        rf"|Parish|Township|Borough)|(?:County|Co\.) [{UPPER}][{LOWER}]{{2,20}})\b"
    ),
    re.compile(
        rf"(?P<it>\b\d{{1,5}}[A-Za-z]?(?:-\d{{1,4}}"
        rf"|/\d{{1,4}})? (?:[NSEW]{{1,2}}\.? )?(?:[{UPPER}][\w'’.-]{{1,20}} ){{0,3}}(?:Calle|Rue|Via|Camino|Avenida"
        r"|Paseo|Rua|Broadway|Street|St|Avenue|Ave|Road|Rd|Drive|Lane|Ln|Court|Terrace|Crescent|Way|Place|Close|Mews"
        r"|Hill|Gardens|Park|Row|Walk|Grove|Square|Parade|Parkway|Quay|Esplanade|Circle|Loop|Trail|Boulevard"
        rf"|Blvd)\b\.?(?: (?:de|del|des|du|la|le|les|[{UPPER}][\w'’-]{{1,20}})){{0,3}}(?:,? (?:Apt|Unit|Flat|Suite|Ste"
        rf"|#)\.? ?[\w-]{{1,6}})?(?:, [{UPPER}][\w'’-]{{2,20}}(?: [{UPPER}][\w'’-]{{2,20}})?){{0,2}}(?:,?"
        rf" [A-Z]{{2}}\b)?(?:,? \d{{5}}(?: [{UPPER}][{LOWER}]{{2,20}})?| [A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})?)"
    ),
    re.compile(
        r"(?P<it>\b\d{1,5} (?:[nsew] )?[a-z]{3,20}(?: [a-z]{3,20})? (?:street|st|avenue|ave|road|rd|lane|ln|drive|blvd"
        r"|court|terrace|crescent|close)\b(?:,? (?:apt|unit|flat) ?\w{1,5})?)"
    ),
)


_ON_THE_WAY = re.compile(
    rf"\bfrom [A-Z][\w'’-]{{2,20}}(?: [A-Z][\w'’-]{{2,20}}){{0,2}} to (?P<it>[{UPPER}][{LOWER}'’-]{{2,20}})\b"
)
_OFFICES = re.compile(
    r"\b(?:Association|Foundation|Department|Society|Federation|Institutes?|National|Administration|Agency|Ministry"
    r"|Headquarters)\b"
)
_REFERENCE = re.compile(
    r"(?:\b(?:[Pp]olicy|[Nn]o\.|[Nn]umber|[Cc]laim|[Rr]eport|[Rr]ef|[Cc]ertificate|[Ll]icen[cs]e|[Ii]nsurance|[Mm]ember"
    r"|ID|id)(?: is| was)?[ :]{1,2}\#?|\#)(?P<it>[A-Z]{2,5}[ -]?\d{2,7}(?:[ -]\d{2,6}){0,3}(?: [A-Z\d]{5}\b)?)(?![\w%]"
    r"|[.,]\d)"
)
_MEDICAL = re.compile(
    r"(?:ifen|algia|phagia|plasia|trophy|uria|(?:cin|mph|lan|gli|fibr|lip|yel|sarc|auc|aden|ather)omas?|phobia|pnea"
    r"|rrhea|lysis|stomy|stasis|sclerosis|ants?|izes?|ises?|ous|less|ful|able|ible|ical|oid|cept|tide|mide|zine|xone"
    r"|cal|fen|dol|profen|max)$"
)


@lru_cache(maxsize=1)
def _family() -> frozenset[str]:
    return frozenset(name.lower() for name in in_file("family_names.txt"))


_ENDS = ("'s", "’s", "s", "es", "ed", "d", "ing", "ly", "er", "est", "y", "ies")


def _is_word(word: str) -> bool:
    """Whether a word is one of the language, as it stands or with a common ending."""
    low = word.lower().rstrip(".,")
    words = common_words()
    if low in words or low in word_list("no names"):
        return True
    if low not in lower_given_names() and (DRUG.search(low) or _MEDICAL.search(low)) and low not in _family():
        return True
    return any(
        low.endswith(end)
        and (low[: -len(end)] in words or low[: -len(end)] + "e" in words)
        and len(low) - len(end) >= 3
        for end in _ENDS
    )


def in_a_message(text: str, low: str) -> Iterator[Found]:
    """Find names in small letters, signatures, places and days in a short text that speaks to or of somebody."""
    if len(text) > _MESSAGE or _NO_MESSAGE.search(low) or not (_ABOUT_SOMEBODY.search(low) or CARE.search(low)):
        return
    yield from _small_names(low)
    yield from _written_names(text, low)
    yield from _days(text, low)
    yield from _towns(text, low)
    for match in _REFERENCE.finditer(text):
        if is_no_code(low, *match.span("it")):
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
            if _is_word(first) or len(first) < 3 or THING_AFTER.match(low, end):
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
                WROTE.search(text, max(0, start - 25), start)
                or THING_AFTER.match(text, end)
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
                THING_AFTER.match(text, end)
                or text[start:end] in word_list("large places")
                or text[start:end] in word_list("well known")
            ):
                continue
            if (
                pattern is _OF_TWO
                and all(len(word) > 3 or word in PARTICLES for word in words)
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
            if NO_DAY.search(low, max(0, start - 12), start) or _ABOUT_DAYS.search(low, max(0, start - 60), start):
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
        if match["it"] in word_list("large places") or first.lower() in NO_PLACES or THING_AFTER.match(text, end):
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
