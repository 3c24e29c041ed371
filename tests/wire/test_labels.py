"""One parcel's label, however it is spelled, has one name; and what only looks like a label has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locker.wire import carriers
from locker.wire.labels import canonical, gs1_check_digit, is_s10, is_sscc, spellings

SSCC = "376130321109103420"
NAME = f"(00){SSCC}"


@pytest.mark.parametrize(
    ("text", "symbology"),
    [
        (f"]C100{SSCC}", ""),
        (f"00{SSCC}", "C1"),
        (f"\x1d00{SSCC}", "C1"),
        (f"00{SSCC}\x1d", "d2"),
        (f"02003761303211091{SSCC[-1]}0\x1d00{SSCC}", "C1"),
        (f"4014012345\x1d00{SSCC}15261231", "Q3"),
        (f"00{SSCC}", ""),
        (SSCC, "C0"),
        (f"(00){SSCC}", ""),
        ("(00) 3 7613032 110910342 0", ""),
        (f"https://id.gs1.org/00/{SSCC}", "Q1"),
        (f"https://swift.example/parcels/00/{SSCC}?from=elm", "Q1"),
        (f"HTTPS://ID.GS1.ORG/00/{SSCC}", ""),
    ],
)
def test_every_spelling_of_an_sscc_is_the_same_label(text: str, symbology: str) -> None:
    assert canonical(text, symbology) == NAME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P1",
        "376130321109103421",
        "]C100376130321109103421",
        f"01{SSCC}",
        f"00{SSCC}7",
        "https://id.gs1.org/01/376130321109103420",
        "https://id.gs1.org/00/376130321109103421",
        f"ftp://id.gs1.org/00/{SSCC}",
        "٣٧٦١٣٠٣٢١١٠٩١٠٣٤٢٠",
        "7" * 7_089,
    ],
)
def test_what_only_looks_like_one_has_no_other_spellings(text: str) -> None:
    assert canonical(text) == ""
    assert spellings(text) == (text,)


@pytest.mark.parametrize("number", ["RR473124829GB", "LX123456785CN", "EE876543216US", "RA000000005NL"])
def test_a_postal_items_number_is_known_by_its_check_digit(number: str) -> None:
    assert is_s10(number)
    assert canonical(f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}".lower()) == number
    wrong = number[:10] + str((int(number[10]) + 1) % 10) + number[11:]
    assert not is_s10(wrong) and canonical(wrong) == ""


def test_whoever_can_only_compare_gets_the_usual_spellings() -> None:
    assert {NAME, SSCC, f"00{SSCC}"} <= set(spellings(f"]C100{SSCC}"))
    assert spellings("rr473124829gb") == ("rr473124829gb", "RR473124829GB")


@given(st.text(alphabet="0123456789", min_size=17, max_size=17))
def test_every_spelling_leads_back_to_the_same_name(digits: str) -> None:
    sscc = digits + gs1_check_digit(digits)
    assert is_sscc(sscc)
    assert {canonical(spelling) for spelling in spellings(sscc)} == {f"(00){sscc}"}


@given(st.text(max_size=600), st.sampled_from(["", "C0", "C1", "Q1", "Q3"]))
def test_no_text_breaks_it(text: str, symbology: str) -> None:
    name = canonical(text, symbology)
    assert name == "" or canonical(name) == name
    assert isinstance(carriers.kind(text, symbology), str)


# Numbers that the carriers or the keepers of shared test data have published.
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1Z5R89390357567127", "ups"),
        ("1Z879E930346834440", "ups"),
        ("420221539101026837331000039521", "usps"),
        ("986578788855", "fedex"),
        ("7 9 0 5 3 5 3 1 2 3 1 7", "fedex"),
        ("1001921334250001000300779017972697", "fedex"),
        ("9622001560001234567100794808390594", "fedex"),
        ("9611020987654312345672", "fedex"),
        ("568283610012734", "fedex"),
        ("008182709980000020033350276C", "dpd"),
        ("0081 827 0998 0000 0200 45 327 276 N", "dpd"),
        ("TBA000000000000", "amazon"),
        ("JD014600006281230704", "dhl"),
        ("3318810025", "dhl"),
        ("630001410000010000000001", "inpost"),
        ("00340434161094042557", "sscc"),
        ("RR473124829GB", "s10"),
    ],
)
def test_usual_carriers_are_guessed(text: str, kind: str) -> None:
    assert carriers.kind(text) == kind


@pytest.mark.parametrize(
    "text", ["1Z5R89390357567128", "996578788855", "008182709980000020033350276A", "P1", "", "LOT 7"]
)
def test_a_wrong_check_digit_is_nobodys(text: str) -> None:
    assert carriers.kind(text) == ""
