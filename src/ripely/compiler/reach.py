"""Questions about what a contact agreed to, and whether it can be reached."""

from ripely.engine.guards import ADDRESS, CALL, TRANSACTIONAL, recipient
from ripely.engine.ruleset import Condition, Test
from ripely.model.condition import HasConsent, HasTopic, Reachable
from ripely.model.profile import Enrollment, Profile


def compile_permission(asked: HasConsent | HasTopic | Reachable) -> Condition:
    match asked:
        case HasConsent(purpose):
            return Condition(_agrees(purpose), None, frozenset({f"consent/{purpose}"}))
        case HasTopic(topic):
            return Condition(
                lambda profile, _now, _place: (
                    (said := profile.topics.get(topic)) is not None and said.granted
                ),
                None,
                frozenset({f"topic/{topic}"}),
            )
        case Reachable(channel, purpose):
            return _reachable(channel, purpose)


def _agrees(purpose: str) -> Test:
    def agrees(profile: Profile, _now: int, _place: Enrollment) -> bool:
        said = profile.consents.get(purpose)
        return said is not None and said.granted

    return agrees


def _reachable(channel: str, purpose: str) -> Condition:
    address = ADDRESS.get(channel)
    keys = {f"suppressed/{channel}", *((f"attribute/{address}",) if address else ())}
    asks_consent = purpose != TRANSACTIONAL and channel != CALL
    agrees = _agrees(purpose)
    if asks_consent:
        keys.add(f"consent/{purpose}")

    def test(profile: Profile, now: int, place: Enrollment) -> bool:
        return (
            recipient(profile, channel) != ""
            and channel not in profile.suppressed
            and (not asks_consent or agrees(profile, now, place))
        )

    return Condition(test, None, frozenset(keys))
