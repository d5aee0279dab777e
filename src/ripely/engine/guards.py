"""What stands between a decided message and a contact: the reasons to hold it."""

from ripely.model.action import Send
from ripely.model.profile import Profile

TRANSACTIONAL = "transactional"
_ADDRESS = {"email": "email", "sms": "phone", "messenger": "messenger", "push": "push_token"}


def recipient(profile: Profile, channel: str) -> str:
    address = profile.attributes.get(_ADDRESS[channel])
    return address if isinstance(address, str) else ""


def reason_to_hold(profile: Profile, send: Send) -> str:
    """Return why this message may not go to this contact now, or nothing."""
    if not recipient(profile, send.channel):
        return f"no address for {send.channel}"
    if send.channel in profile.suppressed:
        return f"suppressed: {profile.suppressed[send.channel]}"
    if send.purpose == TRANSACTIONAL:
        return ""
    consent = profile.consents.get(send.purpose)
    if consent is None:
        return f"no consent for {send.purpose}"
    return "" if consent.granted else f"consent for {send.purpose} was withdrawn"
