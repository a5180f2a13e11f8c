"""The rules for personal identifiers: what they find, and above all what they leave alone."""

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.identifiers import score
from core.domain.identifiers.masking import Kind, count, find, in_words, is_made_by_machines, mask, name_words

FOUND = {
    "Patient John Smith, 45, has asthma.": {"name": 1},
    "The patient, Jane A. Doe, was seen.": {"name": 1},
    "Mr. Jones was admitted with chest pain.": {"name": 1},
    "Mrs Garcia-Lopez takes aspirin 81 mg.": {"name": 1},
    "hi, my name is Maria Lopez and I am 34": {"name": 1},
    "My son Michael has a fever.": {"name": 1},
    "Patient: Jane Doe; 45 y/o": {"name": 1},
    "Patient name: O'Brien": {"name": 1},
    "Name: Zoë Müller\nAge: 45": {"name": 1},
    "DOB 03/12/1980": {"date of birth": 1},
    "d.o.b.: 12.3.80": {"date of birth": 1},
    "born on March 3, 1980 in Ohio": {"date of birth": 1},
    "Date of birth is 1980-03-12.": {"date of birth": 1},
    "Reach me at (202) 555-0143, please.": {"phone": 1},
    "555-123-4567": {"phone": 1},
    "+49 30 1234567 or +44 20 7946 0958": {"phone": 2},
    "phone: 030 1234567": {"phone": 1},
    "Call her at 5551234.": {"phone": 1},
    "write to john.smith@example.org.": {"e-mail": 1},
    "12 Main Street, Springfield, IL 62704": {"address": 1},
    "221B Baker St": {"address": 1},
    "Musterstraße 12, 80331 München": {"address": 1},
    "P.O. Box 123": {"address": 1},
    "MRN 1234567": {"record number": 1},
    "Medical record number is 00-12-34": {"record number": 1},
    "NHS number 943 476 5919": {"record number": 1},
    "patient ID: A-12345": {"record number": 1},
    "078-05-1120": {"record number": 1},
    "My name is Ana Lopez, DOB 3/4/1975, MRN: 55-1234, ana@example.org": {
        "name": 1,
        "date of birth": 1,
        "record number": 1,
        "e-mail": 1,
    },
}

LEFT_ALONE = [
    "Dr. Smith said so.",
    "Updated by: John D. Smith, MD, Professor of Medicine. Also reviewed by David Jones, MD, for any patient.",
    "aspirin 81 mg, twice a day; ICD-10 E11.9; vitamin B12 1000 mcg",
    "HbA1c 7.5 %, BP 120/80, HR 72, glucose 123-145 mg/dL",
    "The study of 12/03/2019 enrolled 1,234 patients (NCT01234567, PMID 12345678).",
    "doi 10.1001/jama.2019.12345; ISBN 978-3-16-148410-0; pages 123-456",
    "Everyone born from 1945 to 1965 should be tested. She was born in 1980.",
    "follow-up at 10:30; call 911",
    "Call Poison Control, 1-800-222-1222, or (800) 222-1222.",
    "Alzheimer's center, adear@nia.nih.gov, Phone: 1-800-438-4380",
    "write to info@example.org",
    "Parkinson disease, Charles Bonnet syndrome, Johns Hopkins Hospital, Loma Linda Center: treatment of a patient",
    "Hans Christian Andersen wrote it; in the story Mr. Wilkins is the director and Robert Roberts locks himself in.",
    "Patient: Yes, Doctor. Patient: Hello Doctor, it hurts.",
    "patient no 3 of 12; record 5; case 17",
    "$1,234,567.00; version 3.11.2024; 5-10-15",
    "My name is NAME and my phone is [PHONE]",
    "",
]


@pytest.mark.parametrize("text", FOUND)
def test_what_is_found(text):
    """An identifier that is written as people write it is found, as what it is."""
    assert count([text]) == FOUND[text]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_left_alone(text):
    """Doses, years, codes, dates of studies, hotlines, authors and eponyms are nobody's identifiers."""
    assert find(text) == []


def test_masking_replaces_exactly_what_was_found():
    """What stands around stays, to the letter; a text without identifiers is the same object."""
    text = "Call  Ana at 555-123-4567.\n`x` «y» ana@example.org!"
    assert mask(text) == "Call  Ana at «phone hidden».\n`x` «y» «e-mail hidden»!"
    assert mask("nothing here") == "nothing here"


def test_a_masked_text_holds_no_identifier_any_more():
    """Masking twice hides nothing more, so a mask is never taken for an identifier."""
    for text in FOUND:
        assert find(mask(text)) == []


def test_a_name_is_one_wherever_it_stands_again():
    """The surname alone, the given name in the other text; initials and small words are not looked for."""
    note = "Patient: John A. Smith; asthma. Smith coughs, and so does a smith. John sleeps. A Smithson does not."
    assert mask(note) == (
        "Patient: «name hidden»; asthma. «name hidden» coughs, and so does a smith. «name hidden» sleeps. A Smithson "
        "does not."
    )
    prompt, answer = "My son Enyinnaya has a fever.", "Give Enyinnaya ibuprofen 100 mg."
    assert mask(answer) == answer
    assert mask(answer, name_words([prompt, answer, None])) == "Give «name hidden» ibuprofen 100 mg."
    assert count([prompt, answer]) == {"name": 2}


def test_letters_that_grow_in_lower_case_do_not_shift_the_places():
    """The Turkish İ becomes two characters in lower case; what is hidden must still be the number."""
    assert mask("İİİ MRN 1234567, phone 555-123-4567.") == "İİİ MRN «record number hidden», phone «phone hidden»."


def test_counts_in_words():
    """The sentence beside a masked text."""
    assert in_words({"name": 2, "phone": 1, "address": 2, str(Kind.BIRTH_DATE): 3}) == (
        "2 addresses, 3 dates of birth, 2 names, 1 phone"
    )


def test_a_long_text_of_digits_takes_no_time_to_speak_of():
    """No rule goes back and forth over a text that almost fits: 200,000 characters of each kind come to an end."""
    for unit in ("1 ", "(1", "12-", "A ", "Ab ", "My ", "a@", "a.", "name: ", "born 1", "mrn 1-", "1 Ab Ab "):
        find(unit * (200_000 // len(unit)))


@pytest.mark.parametrize(
    "text",
    [
        "mrn " + "1" * 60_000 + "_",
        "mrn 1" + " 1" * 60_000,
        "Mary Smith " * 6_000,
        "\n" * 60_000 + "name",
        "straße 1 " + "A-" * 60_000,
    ],
    ids=["one long number", "many short numbers", "many names", "empty lines", "one long word"],
)
def test_a_hostile_text_is_read_in_one_go(text):
    """Rules that looked at every part of it anew for every other part would be at it for minutes, or for ever."""
    assert len(mask(text)) >= len(text) // 20


OF_EACH_KIND = {
    "Okonkwo was seen in clinic.": Kind.NAME,
    "my daughter Priya has a rash": Kind.NAME,
    "my name is tom bradley": Kind.NAME,
    "Seen by nurse Kelly, wound clean.": Kind.NAME,
    "Dr. Alice Nguyen treated my son for asthma.": Kind.NAME,
    "admitted 03/14/2023 with sepsis": Kind.DATE,
    "surgery on May 3": Kind.DATE,
    "diagnosed with lupus in March 2019": Kind.DATE,
    "seit dem 3.5.2024 krank": Kind.DATE,
    "born 14 March 1962": Kind.BIRTH_DATE,
    "a 92-year-old woman": Kind.AGE,
    "lives in Bakersfield with her son": Kind.ADDRESS,
    "Springfield, IL 62704": Kind.ADDRESS,
    "fax (312) 555-0178": Kind.PHONE,
    "k.meer@example.org": Kind.EMAIL,
    "policy number XQH-88213774": Kind.RECORD_NUMBER,
    "driver's license D123-4567-8901": Kind.NUMBER,
    "IBAN DE89 3704 0044 0532 0130 00": Kind.NUMBER,
    "licence plate 7XKD214": Kind.VEHICLE,
    "1HGCM82633A004352": Kind.VEHICLE,
    "pump serial no. 8841-220-B": Kind.DEVICE,
    "MAC 00:1B:44:11:3A:B7": Kind.DEVICE,
    "https://www.facebook.com/maria.gonzalez.1987": Kind.LINK,
    "from 192.168.44.17": Kind.NETWORK,
    "host fe80::1ff:fe23:4567:890a": Kind.NETWORK,
    "fingerprint template FP-8827-1190": Kind.BIOMETRIC,
    "photo IMG_20230412.jpg": Kind.PHOTO,
}


@pytest.mark.parametrize("text", OF_EACH_KIND)
def test_each_of_the_eighteen_kinds_is_found(text):
    """What HIPAA names, one way of writing it at least."""
    assert OF_EACH_KIND[text] in {one.kind for one in find(text)}


@pytest.mark.parametrize(
    "part, recall, precision", [("develop", 0.95, 0.95), ("check", 0.9, 0.95), ("second", 0.9, 0.95)]
)
def test_recall_and_precision_stay_where_they_are(part, recall, precision):
    """On the sentences that the rules were made with; what they do on others is measured elsewhere."""
    lines = (Path(__file__).parents[1] / "data" / "identifiers.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["part"] == part]
    measured = score([(row["text"], row["spans"]) for row in rows])
    assert measured.recall >= recall, measured.missed
    assert measured.precision >= precision, measured.mistaken


@pytest.mark.parametrize(
    "unit",
    [
        "(202) 555-0143, ",
        "john.smith@example.org ",
        "12 Main Street, Springfield, IL 62704; ",
        "Patient Mary Smith was seen. ",
        "3/14/2023, ",
        "https://x.example/patients/123456 ",
        "MRN 1234567, ",
        "1 Ab Ab ",
    ],
)
def test_four_times_the_text_is_four_times_the_work(unit):
    """The characters that the rules are given to read, counted: nothing is read anew for every other find."""

    def places(size: int) -> tuple[int, int]:
        calls = 0

        def count_line(frame, event, _):
            nonlocal calls
            calls += event == "line"
            return count_line

        before = sys.gettrace()
        sys.settrace(
            lambda frame, event, arg: (
                count_line(frame, event, arg) if "core/domain" in frame.f_code.co_filename else None
            )
        )
        try:
            hidden = mask(unit * (size // len(unit)))
        finally:
            sys.settrace(before)
        return calls, len(hidden)

    small, _ = places(4_000)
    large, _ = places(16_000)
    assert large <= 5 * small + 1_000


PIECES = st.sampled_from(
    [
        "Patient",
        "John",
        "Smith",
        "Mr.",
        "DOB",
        "3/4/1975",
        "MRN",
        "1234567",
        "ana@example.org",
        "(202) 555-0143",
        "«name hidden»",
        "\n",
        ",",
        "my son",
        "Dr.",
        "92-year-old",
        "http://x.example/u/12345",
        "1.2.3.4",
        "İ",
        "ß",
        "plate",
        "7XKD214",
        "lives in",
        "Springfield",
        "mg",
        "was seen",
    ]
)


@settings(max_examples=200)
@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=14).map(" ".join)),
    st.frozensets(st.text(min_size=1, max_size=8), max_size=3),
)
def test_every_text_can_be_masked(text, known):
    """Nothing raises, spans lie inside the text one after another, and masking again hides nothing more."""
    spans = [(one.start, one.end) for one in find(text, known)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    hidden = mask(text, known)
    assert mask(hidden, known) == hidden


@pytest.mark.parametrize(
    "text", ["c36743b", "c36743b-dirty", "v0.1.0-12-gcbbd83e-dirty", "sbert-logreg-v20261128-1", "2026-11-28T10:00:01"]
)
def test_what_machines_call_themselves_is_nobody(text):
    """A version of the code, of a model, a time to the second: their digits are no numbers of anybody."""
    assert is_made_by_machines(text)
    assert not is_made_by_machines(f"{text} 555-123-4567")
