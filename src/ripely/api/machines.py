"""Whether a person or a machine asked for an address of a mail, with the reasons."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from ripely.runtime.bots import is_bot

SECONDS_TO_READ_MIN = 2
# Pictures come through them for people: the open is real, the device and the place are not.
_PICTURE_PROXIES = {
    "googleimageproxy": "Gmail",
    "yahoomailproxy": "Yahoo",
    "ramblermail": "Rambler",
    "seznamemailproxy": "Seznam",
}
_APPLE_PROXY = "mozilla/5.0"
_SCANNERS = (
    "sentinel",
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "ironport",
    "python",
    "curl",
    "wget",
)


def picture_proxy(user_agent: str) -> str:
    """Return whose proxy fetched a picture for a person, or nothing."""
    agent = user_agent.lower()
    return next((name for mark, name in _PICTURE_PROXIES.items() if mark in agent), "")


class Verdict(msgspec.Struct, frozen=True):
    """Who asked: a human, a machine, or nobody can know, as when a mail program opens everything."""

    by: Literal["human", "machine", "unknown"]
    reasons: Sequence[str] = ()


def judge(method: str, user_agent: str, after_s: float) -> Verdict:
    """Judge by how it was asked, and how long after the mail was handed over (below 0: nobody knows)."""
    if reasons := _machine_reasons(method, user_agent, after_s):
        return Verdict("machine", reasons)
    if user_agent.strip().lower() == _APPLE_PROXY:
        return Verdict("unknown", ["fetched by a proxy that opens everything"])
    return Verdict("human")


def _machine_reasons(method: str, user_agent: str, after_s: float) -> Sequence[str]:
    agent = user_agent.strip().lower()
    through_proxy = bool(picture_proxy(user_agent))
    found = {
        "asked with HEAD": method == "HEAD",
        "no user agent": not agent,
        "names itself a machine": not through_proxy
        and (is_bot(user_agent) or any(word in agent for word in _SCANNERS)),
        "came within two seconds of sending": 0 <= after_s < SECONDS_TO_READ_MIN,
    }
    return [reason for reason, holds in found.items() if holds]
