"""Questions about where a contact is, and what it came with."""

from math import asin, cos, radians, sin, sqrt

from ripely.compiler.kernel import EARTH_KM
from ripely.compiler.operators import Check, check, items, number, text
from ripely.engine.ruleset import Condition
from ripely.model.condition import Items, Near, Place, Uses
from ripely.model.profile import Enrollment, Profile


def compile_whereabouts(asked: Place | Near | Uses) -> Condition:
    match asked:
        case Place(country, region, city):
            wanted = {"country": country, "region": region, "city": city}
            return _each(
                {name: check("in", values) for name, values in wanted.items() if values}
            )
        case Uses(device, os, browser, language):
            wanted = {"device": device, "os": os, "browser": browser}
            checks = {name: check("in", values) for name, values in wanted.items() if values}
            if language:
                checks["language"] = _speaks(language)
            return _each(checks)
        case Near():
            return _near(asked)


def distance_km(latitude: float, longitude: float, to: tuple[float, float]) -> float:
    """Return the way along a great circle between two points in degrees (haversine)."""
    north, other = radians(latitude), radians(to[0])
    up, along = sin((other - north) / 2), sin(radians(to[1] - longitude) / 2)
    part = up * up + cos(north) * cos(other) * along * along
    return 2 * EARTH_KM * asin(min(1.0, sqrt(part)))


def _each(checks: dict[str, Check]) -> Condition:
    """Each of the attributes must pass. A language may come in `locale` too."""
    asked = tuple(checks.items())
    keys = {f"attribute/{name}" for name in checks}
    if "language" in checks:
        keys.add("attribute/locale")

    def test(profile: Profile, _now: int, _place: Enrollment) -> bool:
        known = profile.attributes
        return all(
            passes(known.get(name) or (known.get("locale") if name == "language" else None))
            for name, passes in asked
        )

    return Condition(test, None, frozenset(keys))


def _speaks(languages: Items) -> Check:
    """`en` is every English; `en-GB` is that alone."""
    wanted = frozenset(text(one).replace("_", "-") for one in languages)

    def speaks(fact: object) -> bool:
        spoken = [text(one).replace("_", "-") for one in items(fact) if one]
        return any(one in wanted or one.partition("-")[0] in wanted for one in spoken)

    return speaks


def _near(asked: Near) -> Condition:
    centre, most_km = (asked.latitude, asked.longitude), asked.km

    def test(profile: Profile, _now: int, _place: Enrollment) -> bool:
        latitude, longitude = _degrees(profile, "latitude"), _degrees(profile, "longitude")
        if latitude is None or longitude is None:
            return False
        return distance_km(latitude, longitude, centre) <= most_km

    return Condition(test, None, frozenset({"attribute/latitude", "attribute/longitude"}))


def _degrees(profile: Profile, name: str) -> float | None:
    """Return a number that is known; of several, the first."""
    known = items(profile.attributes.get(name))
    return number(known[0]) if known else None
