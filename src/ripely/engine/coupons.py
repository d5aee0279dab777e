"""Codes of a contact's own, and the moment each ends."""

from datetime import UTC, datetime

from ripely.engine.calendar import local_day, next_local, zone_of
from ripely.engine.facts import set_attribute
from ripely.engine.performance import Performance
from ripely.model.action import Coupon
from ripely.model.ids import derive

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without I, L, O, 0 and 1, which people take for one another."""


def give_coupon(act: Performance, coupon: Coupon) -> None:
    """Give a code: the same for as long as it is the same entry and campaign."""
    draft, place = act.draft, act.enrollment
    contact = str(draft.profile.contact)
    code = coupon_code(derive("coupon", contact, place.journey, place.key, coupon.campaign))
    code = f"{coupon.prefix}-{code}" if coupon.prefix else code
    set_attribute(draft, coupon.attribute, code)
    told = {"coupon": code, "campaign": coupon.campaign, "discount": coupon.discount}
    until_s = _until(act, coupon)
    day = None
    if until_s:
        day = local_day(until_s, zone_of(draft.profile, draft.rules.zone))
        told |= {"until": day, "ends": datetime.fromtimestamp(until_s, UTC).isoformat()}
    set_attribute(draft, f"{coupon.attribute}_until", day)
    act.note("coupon.issued", code, f"{coupon.campaign}{f', until {day}' if day else ''}")
    act.make("coupon.issued", {name: value for name, value in told.items() if value})


def coupon_code(number: int) -> str:
    """Write the end of a number as `XXXX-XXXX`."""
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def _until(act: Performance, coupon: Coupon) -> int:
    """Return when the code ends; 0: never."""
    draft = act.draft
    if coupon.until is not None:
        zone = zone_of(draft.profile, draft.rules.zone)
        return next_local(draft.now_s, zone, coupon.at, (coupon.until,))
    return draft.now_s + coupon.valid_for if coupon.valid_for is not None else 0
