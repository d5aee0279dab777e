"""What people agreed to: the latest word holds, in whatever order words arrive."""

from hypothesis import given, strategies as st

from company import ANN, START_S, event, rules
from ripely.engine.step import fold, new_profile

RULES = rules()
WORDS = ("consent.granted", "consent.withdrawn", "email.unsubscribed")


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 500)), min_size=1, max_size=8))
def test_the_latest_word_holds_however_late_others_come(words) -> None:
    told = [
        event(n, ANN, name, START_S + 1000, late_s=1000 - at)
        for n, (name, at) in enumerate(words)
    ]
    (consent,) = fold(RULES, new_profile(ANN, START_S), told).profile.consents.values()
    latest_s = max(at for _, at in words)
    latest = [name for name, at in words if at == latest_s][-1]
    assert consent.granted == (latest == "consent.granted")
    assert consent.at_s == START_S + latest_s


def test_a_change_is_noted_once() -> None:
    names = ("consent.granted", "consent.granted", "consent.withdrawn", "email.unsubscribed")
    told = [event(n, ANN, name, START_S + n) for n, name in enumerate(names)]
    notes = fold(RULES, new_profile(ANN, START_S), told).notes
    assert [n.kind for n in notes if n.kind.startswith("consent")] == [
        "consent.granted",
        "consent.withdrawn",
    ]
