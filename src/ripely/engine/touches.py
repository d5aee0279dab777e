"""What brought a contact here, the first time and the last, and at which hours it is about."""

from datetime import datetime
from urllib.parse import urlsplit

from ripely.engine.calendar import zone_of
from ripely.engine.draft import Draft
from ripely.engine.limits import NAME_MAX
from ripely.model.event import Event

HOURS = 24
RHYTHM = HOURS + 7
RHYTHM_MAX = 1_000_000
_CAMPAIGN = {
    f"utm_{name}": name for name in ("source", "medium", "campaign", "term", "content")
}


def begin_visit(draft: Draft, event: Event) -> None:
    _record_touch(draft, event)
    record_rhythm(draft, event)


def record_rhythm(draft: Draft, event: Event) -> None:
    """Count the hour of the day and the weekday, in the contact's zone, of what a human did."""
    said = event.properties
    if said.get("by", "human") != "human":
        return
    profile = draft.profile
    if not profile.rhythm:
        profile.rhythm = [0] * RHYTHM
    local = datetime.fromtimestamp(event.occurred_s, zone_of(profile, draft.rules.zone))
    for place in (local.hour, HOURS + local.weekday()):
        profile.rhythm[place] = min(profile.rhythm[place] + 1, RHYTHM_MAX)


def _record_touch(draft: Draft, event: Event) -> None:
    """Take down a visit that a campaign or another site has brought. One that came by itself changes nothing."""
    profile, touch = draft.profile, _touch(event.properties)
    if not touch:
        return
    if not profile.first_touch:
        profile.first_touch = touch
        draft.touch("touch/first")
    if touch != profile.last_touch:
        profile.last_touch = touch
        draft.touch("touch/last")


def _touch(said: dict[str, object]) -> dict[str, str]:
    touch = {
        name: value[:NAME_MAX]
        for told, name in _CAMPAIGN.items()
        if isinstance(value := said.get(told), str) and value
    }
    referrer = said.get("referrer")
    host = _host(referrer) if referrer else ""
    if isinstance(referrer, str) and host and host != _host(said.get("url")):
        touch["referrer"] = referrer[:NAME_MAX]
        if "source" not in touch:
            touch |= {"source": host, "medium": touch.get("medium", "referral")}
    path = said.get("path")
    if touch and isinstance(path, str):
        touch["landing_page"] = path[:NAME_MAX]
    return touch


def _host(address: object) -> str:
    try:
        host = urlsplit(address).hostname if isinstance(address, str) else None
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")
