"""Windows over what happened: where they begin, and when something falls out of them."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import msgspec

from ripely.compiler.kernel import Window
from ripely.engine.calendar import zone_of
from ripely.engine.periods import period_of
from ripely.engine.ruleset import Key
from ripely.model.acts import Period
from ripely.model.company import Company
from ripely.model.profile import Enrollment, Profile

LONG_AGO_S = -(1 << 62)

Floor = Callable[[Profile, int, Enrollment], int]
"""What is in the window happened later than that."""

Leaves = Callable[[Profile, int, int], int]
"""When something that happened at the last number, and is in the window now, falls out of it; 0: never."""


class Span(msgspec.Struct, frozen=True):
    """A window, compiled. What is in it is `older_s` old or older. `keys`: what else it depends on."""

    floor: Floor
    leaves: Leaves
    older_s: int
    lapses: bool
    keys: frozenset[Key]


def open_window(window: Window, company: Company) -> Span:
    floors: list[Floor] = []
    leaves: list[Leaves] = []
    keys: list[Key] = []
    if within_s := window.within_s:
        floors.append(lambda _profile, now, _place: now - within_s)
        leaves.append(lambda _profile, _now, at: at + within_s)
    if window.during:
        period = _period(window.during, ZoneInfo(company.timezone or "UTC"))
        floors.append(lambda profile, now, _place: period(profile, now)[0] - 1)
        leaves.append(lambda profile, now, _at: period(profile, now)[1])
        keys.append("attribute/timezone")
    if window.since_entering == "journey":
        floors.append(lambda _profile, _now, place: place.entered_s)
    elif window.since_entering == "step":
        floors.append(lambda _profile, _now, place: place.since_s)
    return Span(
        floor=_latest(floors),
        leaves=_soonest(leaves),
        older_s=window.older_s,
        lapses=bool(leaves or window.older_s),
        keys=frozenset(keys),
    )


def _period(during: Period, default: ZoneInfo) -> Callable[[Profile, int], tuple[int, int]]:
    return lambda profile, now: period_of(during, now, zone_of(profile, default))


def _latest(floors: Sequence[Floor]) -> Floor:
    if not floors:
        return lambda _profile, _now, _place: LONG_AGO_S
    if len(floors) == 1:
        return floors[0]
    return lambda profile, now, place: max([floor(profile, now, place) for floor in floors])


def _soonest(leaves: Sequence[Leaves]) -> Leaves:
    if len(leaves) == 1:
        return leaves[0]
    return lambda profile, now, at: min(
        (leave(profile, now, at) for leave in leaves), default=0
    )
