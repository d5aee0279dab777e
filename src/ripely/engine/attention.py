"""How much a contact was written to, and when there is room for more."""

from collections.abc import Sequence

from ripely.engine.protection import NEVER_S, BudgetRule, CapRule, Hold, Protection
from ripely.model.action import Send
from ripely.model.profile import Profile, Sent

SPARE = 2
"""How many times what a rule asks for is kept, so that enough is left when a merge is undone."""


def free_at(rule: CapRule | BudgetRule, sent: Sequence[Sent], now_s: int) -> int:
    """Return when there is room for one more; 0: now."""
    if not rule.at_most:
        return NEVER_S
    counted = [one.at_s for one in sent if rule.counts(one)]
    if len(counted) < rule.at_most:
        return 0
    free_s = counted[-rule.at_most] + rule.within_s
    return free_s if free_s > now_s else 0


def room(rule: BudgetRule, sent: Sequence[Sent], now_s: int) -> int:
    begins_s = now_s - rule.within_s
    return rule.at_most - sum(1 for one in sent if rule.counts(one) and one.at_s > begins_s)


def cap_on(
    protection: Protection, profile: Profile, send: Send, channel: str, now_s: int
) -> Hold | None:
    """Return the cap that holds a message the longest, if any does."""
    about = Sent(now_s, channel, send.topic, send.purpose, send.priority)
    longest: Hold | None = None
    for cap in protection.caps.get(channel, ()):
        if cap.segment is not None and cap.segment not in profile.segments:
            continue
        until_s = free_at(cap, profile.sent, now_s) if cap.counts(about) else 0
        if until_s > (longest.until_s if longest else 0):
            longest = Hold(until_s, f"cap: {cap.name}")
    return longest


def keep(sent: Sequence[Sent], one: Sent, protection: Protection) -> list[Sent]:
    """Return what is worth knowing of the messages so far and a new one: as much as any rule asks for."""
    needs = [rule.at_most * SPARE for rule in protection.counting]
    kept: list[Sent] = []
    for each in (one, *reversed(sent)):
        wanted = False
        for number, rule in enumerate(protection.counting):
            recent = each.at_s > one.at_s - rule.within_s
            if recent and needs[number] and rule.counts(each):
                needs[number] -= 1
                wanted = True
        if wanted:
            kept.append(each)
    return kept[::-1]
