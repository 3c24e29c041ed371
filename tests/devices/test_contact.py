"""A door contact bounces, flickers, misses edges and breaks; what is said of the door stays true."""

from __future__ import annotations

from locker.devices.contact import Contact

DEBOUNCE_S = 0.05


def settled(contact: Contact, is_open: bool) -> str | None:
    assert contact.look_at is not None
    return contact.settle(is_open, contact.look_at)


def test_a_bounce_train_is_one_opening() -> None:
    contact = Contact(False, DEBOUNCE_S)
    for edge_at in (1.000, 1.002, 1.003, 1.006, 1.008):
        assert contact.edge(edge_at) is None
    assert contact.look_at == 1.008 + DEBOUNCE_S
    assert contact.settle(True, 1.03) is None, "not yet at rest"
    assert settled(contact, True) == "opened"
    assert contact.look_at is None


def test_a_bounce_that_ends_where_it_began_is_nothing() -> None:
    contact = Contact(False, DEBOUNCE_S)
    contact.edge(1.0)
    assert settled(contact, False) is None
    assert contact.open is False


def test_a_missed_edge_is_found_by_the_slow_look() -> None:
    contact = Contact(True, DEBOUNCE_S)
    assert contact.polled(True, 1.0) is None
    assert contact.look_at is None
    contact.polled(False, 2.0)
    assert contact.look_at == 2.0 + DEBOUNCE_S
    assert settled(contact, False) == "closed"


def test_a_contact_that_never_comes_to_rest_has_failed_and_says_so_once() -> None:
    contact = Contact(False, DEBOUNCE_S)
    said = [contact.edge(1.0 + step * 0.04) for step in range(100)]
    assert [one for one in said if one] == ["failed"]
    assert contact.open is None


def test_nobody_opens_a_door_five_times_in_ten_seconds() -> None:
    contact = Contact(False, DEBOUNCE_S)
    said = []
    for step in range(10):
        contact.edge(1.0 + step * 0.5)
        said.append(settled(contact, step % 2 == 0))
    assert said == ["opened", "closed"] * 4 + ["opened", "failed"]
    assert contact.open is None


def test_a_failed_contact_is_believed_again_after_a_minute_of_rest() -> None:
    contact = Contact(False, DEBOUNCE_S)
    for step in range(100):
        contact.edge(1.0 + step * 0.04)
    assert contact.look_at is not None
    assert contact.look_at > 60
    assert settled(contact, True) == "opened"
    assert contact.open is True


def test_a_contact_that_cannot_be_read_fails_once_and_recovers_with_the_slow_look() -> None:
    contact = Contact(True, DEBOUNCE_S)
    assert [contact.fail(), contact.fail()] == ["failed", None]
    contact.polled(True, 5.0)
    assert settled(contact, True) is None, "nothing has changed while it was away"
    assert contact.open is True
