"""Who the contact is, what they agreed to, and what Ripely has concluded of it."""

from collections.abc import Mapping

from ripely.model.catalog.standard import Standard


def _ours(
    name: str,
    about: str,
    properties: Mapping[str, object] | None = None,
    *,
    inner: bool = False,
) -> Standard:
    """Make an event that only Ripely says."""
    return Standard(name, about, properties or {}, act=False, reserved=True, inner=inner)


_OTHER = {"from": "00c0ffee00c0ffee"}
_PLACE = {"journey": "welcome", "step": "wait"}

PEOPLE = (
    _ours("contact.identified", "Facts about the contact became known.", {"email": "ann@example.org", "name": "Ann", "user_id": "42"}),
    _ours("contact.aliased", "Another id of the same person became known.", {"previous_id": "a1", "user_id": "42"}),
    _ours("company.joined", "Belongs to a company.", {"company_id": "c9", "name": "Acme"}),
    _ours("contact.merged", "Turned out to be another contact, which goes on.", {"into": "00c0ffee00c0ffee", "by": "user"}, inner=True),
    _ours("contact.absorbed", "Took over what was known of another contact.", _OTHER, inner=True),
    _ours("contact.unmerged", "A merge was undone.", _OTHER, inner=True),
    _ours("contact.revived", "Lives again after an undone merge.", inner=True),
    _ours("contact.resumed", "Came out of quarantine.", inner=True),
    _ours("contact.erased", "Asked to be forgotten.", inner=True),
    _ours("contact.cleared", "Was forgotten with the contact it is a part of.", _OTHER, inner=True),
    _ours("attributes.set", "A colleague, or a rule, changed facts.", {"plan": "pro"}),
    Standard("consent.granted", "Agreed to a purpose.", {"purpose": "marketing"}, ("Consent Granted",), act=False, browser=True),
    Standard("consent.withdrawn", "Withdrew from a purpose.", {"purpose": "marketing"}, ("Consent Withdrawn",), act=False, browser=True),
    Standard("topic.joined", "Asked for a topic.", {"topic": "new-arrivals"}, ("Topic Joined",), act=False, browser=True),
    Standard("topic.left", "Wants no more of a topic.", {"topic": "new-arrivals"}, ("Topic Left",), act=False, browser=True),
    Standard("list.joined", "Was put on a list.", {"list": "newsletter", "by": "bob"}, ("List Joined",), act=False),
    Standard("list.left", "Was taken from a list.", {"list": "newsletter", "by": "bob"}, ("List Left",), act=False),
    Standard("tag.added", "Got a tag.", {"tag": "vip", "by": "bob"}, act=False),
    Standard("tag.removed", "Lost a tag.", {"tag": "vip", "by": "bob"}, act=False),
    # What follows by rules.
    _ours("attribute.changed", "A fact about the contact got another value.", {"name": "plan", "from": "basic", "to": "pro"}),
    _ours("score.changed", "A score got another value.", {"score": "interest", "points": 15, "from": 40, "to": 55}),
    _ours("score.level_changed", "A score came to another level.", {"score": "interest", "from": "warm", "to": "ripe"}),
    _ours("segment.entered", "Came into a segment.", {"segment": "eager"}),
    _ours("segment.left", "Left a segment.", {"segment": "eager"}),
    _ours("lifecycle.changed", "Came further on the way to a customer.", {"from": "lead", "to": "customer"}),
    _ours("owner.changed", "Another colleague looks after the contact.", {"owner": "carol"}),
    _ours("owner.assigned", "A colleague was chosen from a team to look after the contact.", {"owner": "carol", "team": "sales"}),
    _ours("owner.missing", "Nobody of a team could be chosen to look after the contact.", {"team": "sales"}),
    _ours("audience.joined", "Was put into an audience of an advertising network.", {"audience": "lookalike"}),
    _ours("audience.left", "Was taken from an audience of an advertising network.", {"audience": "lookalike"}),
    _ours("coupon.issued", "Got a coupon.", {"coupon": "ANN-7K2M", "campaign": "tuesday", "until": "2030-01-16"}),
    Standard("coupon.used", "Used a coupon.", {"coupon": "ANN-7K2M", "order_id": "1042"}, ("Coupon Used", "Coupon Redeemed"), act=False),
    _ours("coupon.expired", "A coupon was not used in time.", {"coupon": "ANN-7K2M", "campaign": "tuesday"}),
    # Journeys.
    _ours("journey.requested", "Somebody asked for a journey to begin.", {"journey": "welcome", "by": "hand"}),
    _ours("journey.entered", "Came into a journey.", {**_PLACE, "reason": "order.completed"}),
    _ours("journey.exited", "Left a journey.", {**_PLACE, "reason": "the end"}),
    _ours("journey.goal", "Reached the goal of a journey.", {**_PLACE, "reason": "ordered"}),
    _ours("journey.converted", "Reached what a journey is for, in time to be counted.", {"journey": "welcome", "goal": "ordered", "arm": "", "value": 499.0}),
    _ours("journey.heldout", "Was kept out of a journey, to be compared.", {"journey": "welcome"}),
    # Time, rules and other systems.
    _ours("visit.started", "Came after a pause of 30 minutes or more.", {"number": 2}),
    _ours("timer.fired", "A moment came that something waited for.", inner=True),
    _ours("rules.changed", "New rules ask what they need of the past.", inner=True),
    _ours("webhook.received", "Another system told us something.", {"name": "crm", "email": "ann@example.org", "status": "paid"}),
    _ours("webhook.answered", "Another system took what a journey told it.", {"journey": "j1", "step": "s1", "status": 200}),
    _ours("webhook.failed", "Another system did not take what a journey told it.", {"journey": "j1", "step": "s1", "reason": "timed out"}),
    Standard("feed.published", "Something new is there that they may want to read.", {"feed": "blog", "title": "Five tyres compared", "url": "https://shop.example/blog/tyres", "category": "Guides"}, ("Feed Published", "Post Published"), act=False),
)  # fmt: skip
