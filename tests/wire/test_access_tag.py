"""A typed code is compared by a tag that means nothing under another locker's key."""

from __future__ import annotations

from locker.wire.access_tag import access_tag

ELM, OAK = b"\x01" * 32, b"\x02" * 32


def test_a_tag_belongs_to_one_code_and_one_locker() -> None:
    tag = access_tag("12345678", ELM)
    assert len(bytes.fromhex(tag)) == 16 and tag == tag.lower()
    assert tag == access_tag("12345678", ELM)
    assert tag not in (access_tag("12345679", ELM), access_tag("12345678", OAK))


def test_a_tag_stays_what_it_was() -> None:
    """Hub and locker are updated at different times; a tag that changed would turn every PIN away."""
    assert access_tag("12345678", ELM) == "758f05d1703b237c0e55f2a857507e9e"
