"""Who is who: the known cases by name, then the laws."""

from hypothesis import given, strategies as st

from ripely.engine.identity import Directory, Resolution, by_strength
from ripely.model.identity import (
    ANONYMOUS,
    EMAIL,
    PERSONAL,
    PHONE,
    USER,
    canonical_email,
    canonical_phone,
    first_contact,
    named_contact,
)

DEVICE, TABLET = (ANONYMOUS, "device"), (ANONYMOUS, "tablet")
ANN, BOB = (USER, "ann"), (USER, "bob")
ANN_MAIL, BOB_MAIL = (EMAIL, "ann@x.org"), (EMAIL, "bob@x.org")
ANN_PHONE = (PHONE, "+380501234567")


def test_a_stranger_is_a_contact_of_their_own() -> None:
    assert Directory().settle((DEVICE,)) == Resolution(first_contact(DEVICE), attach=(DEVICE,))


def test_a_first_identification_keeps_the_anonymous_contact() -> None:
    people = Directory()
    visitor = people.settle((DEVICE,)).contact
    assert people.settle((ANN, DEVICE)) == Resolution(visitor, attach=(ANN,))
    assert people.settle((ANN_MAIL, DEVICE)) == Resolution(visitor, attach=(ANN_MAIL,))


def test_an_anonymous_contact_joins_the_person_already_known() -> None:
    people = Directory()
    ann, visitor = people.settle((ANN,)).contact, people.settle((DEVICE,)).contact
    assert people.settle((ANN, DEVICE)) == Resolution(ann, merges=((visitor, ann),))
    assert people.settle((DEVICE,)) == Resolution(ann)


def test_two_people_on_one_device_stay_two() -> None:
    people = Directory()
    ann = people.settle((ANN, DEVICE)).contact
    bob = people.settle((BOB, DEVICE))
    assert bob == Resolution(first_contact(BOB), attach=(BOB,), repoint=(DEVICE,))
    assert people.settle((DEVICE,)).contact == bob.contact
    assert people.settle((ANN, DEVICE)) == Resolution(ann, repoint=(DEVICE,))


def test_two_addresses_typed_on_one_device_are_two_people() -> None:
    people = Directory()
    ann = people.settle((ANN_MAIL, DEVICE)).contact
    assert people.settle((BOB_MAIL, DEVICE)).contact != ann


def test_a_new_user_id_goes_to_the_contact_known_by_mail() -> None:
    people = Directory()
    ann = people.settle((ANN_MAIL,)).contact
    assert people.settle((ANN, ANN_MAIL)) == Resolution(ann, attach=(ANN,))


def test_a_user_and_a_mail_contact_are_merged_when_named_together() -> None:
    people = Directory()
    mail, user = people.settle((ANN_MAIL,)).contact, people.settle((ANN,)).contact
    assert people.settle((ANN, ANN_MAIL)) == Resolution(user, merges=((mail, user),))


def test_a_mail_address_of_another_user_stays_with_them() -> None:
    people = Directory()
    ann = people.settle((ANN, ANN_MAIL)).contact
    assert people.settle((BOB, ANN_MAIL)) == Resolution(first_contact(BOB), attach=(BOB,))
    assert people.settle((ANN_MAIL,)).contact == ann


def test_a_user_may_have_a_second_address() -> None:
    people = Directory()
    ann = people.settle((ANN, ANN_MAIL)).contact
    assert people.settle((ANN, (EMAIL, "new@x.org"))).contact == ann


def test_a_shared_phone_merges_nobody_with_an_address_of_their_own() -> None:
    people = Directory()
    people.settle((ANN_MAIL, ANN_PHONE))
    bob = people.settle((BOB_MAIL,)).contact
    assert people.settle((BOB_MAIL, ANN_PHONE)) == Resolution(bob)


def test_an_alias_joins_by_force() -> None:
    people = Directory()
    old, new = people.settle((ANN,)).contact, people.settle((BOB,)).contact
    device = (ANONYMOUS, "ann")
    joined = people.settle((BOB, device), alias=(ANN,))
    assert joined == Resolution(new, attach=(device,), merges=((old, new),))
    assert people.settle((ANN,)).contact == new


def test_an_alias_of_an_anonymous_visitor_keeps_the_visitor() -> None:
    people = Directory()
    visitor = people.settle((DEVICE,)).contact
    assert people.settle((ANN, DEVICE), alias=((USER, "device"),)).contact == visitor


def test_a_signed_link_names_the_contact() -> None:
    people = Directory()
    ann, visitor = people.settle((ANN_MAIL,)).contact, people.settle((DEVICE,)).contact
    link = named_contact(ann)
    assert people.settle((link, DEVICE)) == Resolution(ann, merges=((visitor, ann),))


def test_a_signed_link_follows_a_merge() -> None:
    people = Directory()
    mail, user = people.settle((ANN_MAIL,)).contact, people.settle((ANN,)).contact
    people.settle((ANN, ANN_MAIL))
    assert people.settle((named_contact(mail),)).contact == user


def test_a_forwarded_link_makes_nobody_another_user() -> None:
    people = Directory()
    ann, bob = people.settle((ANN, ANN_MAIL)).contact, people.settle((BOB,)).contact
    assert people.settle((BOB, named_contact(ann))) == Resolution(bob)


def test_values_are_written_one_way() -> None:
    assert canonical_email("  Ann@X.ORG ") == "ann@x.org"
    assert [canonical_email(t) for t in ("ann", "a b@x", "@", "a@" + "x" * 320)] == [None] * 4
    assert canonical_phone("+38 (050) 123-45-67") == canonical_phone("00380501234567")
    assert canonical_phone("050 123 45 67") == "0501234567"
    assert [canonical_phone(t) for t in ("", "123", "1" * 16)] == [None] * 3


kinds = st.sampled_from([ANONYMOUS, *PERSONAL])
claims = st.lists(
    st.tuples(kinds, st.sampled_from("abc")), min_size=1, max_size=4, unique_by=lambda c: c[0]
).map(by_strength)
histories = st.lists(claims, min_size=1, max_size=25)


@given(histories)
def test_an_answer_is_stable(history) -> None:
    people = Directory()
    for told in history:
        first = people.settle(told)
        assert people.settle(told) == Resolution(first.contact)


@given(histories)
def test_no_contact_has_two_user_ids(history) -> None:
    people = Directory()
    for told in history:
        people.settle(told)
        users = [owner for (kind, _), owner in people.owners.items() if kind == USER]
        assert len(users) == len(set(users))


@given(histories)
def test_everything_claimed_leads_somewhere_that_still_exists(history) -> None:
    people, ended = Directory(), set()
    for told in history:
        resolution = people.settle(told)
        ended.update(loser for loser, _ in resolution.merges)
        assert resolution.contact == people.owners[told[0]]
        assert ended.isdisjoint(people.owners.values())


people_of_their_own = st.integers(0, 3).flatmap(
    lambda person: st.sets(kinds, min_size=1).map(
        lambda named: by_strength((kind, f"of {person}") for kind in named)
    )
)


@given(st.lists(people_of_their_own, max_size=20))
def test_in_any_order_one_person_is_one_contact(history) -> None:
    """Without contradictions, who is joined depends on what was said together alone."""
    people = Directory()
    for told in history:
        people.settle(told)
    assert partition(people.owners) == connected(history)


def partition(owners) -> set[frozenset]:
    groups = {}
    for identity, owner in owners.items():
        if identity[0]:
            groups.setdefault(owner, set()).add(identity)
    return set(map(frozenset, groups.values()))


def connected(history) -> set[frozenset]:
    groups: list[set] = []
    for told in map(set, history):
        touched = [group for group in groups if group & told]
        groups = [group for group in groups if not group & told]
        groups.append(told.union(*touched))
    return set(map(frozenset, groups))
