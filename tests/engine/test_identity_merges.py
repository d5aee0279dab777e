"""Merges never lead in a circle: whoever has ended never goes on again."""

from hypothesis import given, strategies as st

from ripely.engine.identity import Directory, by_strength
from ripely.model.identity import ANONYMOUS, EMAIL, PHONE, USER

names = st.tuples(
    st.sampled_from([ANONYMOUS, USER, EMAIL, PHONE]), st.sampled_from(["1", "2", "3"])
)
calls = st.lists(
    st.tuples(st.lists(names, min_size=1, max_size=3), st.lists(names, max_size=1)), max_size=20
)


@given(calls)
def test_whoever_has_ended_is_never_found_again(told) -> None:
    people, ended = Directory(), set()
    for claims, alias in told:
        resolution = people.settle(by_strength(claims), by_strength(alias))
        for loser, winner in resolution.merges:
            assert loser != winner
            assert loser not in ended
            assert winner not in ended
            ended.add(loser)
        assert resolution.contact not in ended
        assert not ended.intersection(people.owners.values())
