"""A preview as a request asks for it: the draft, the choices in the address, and the walk that they make."""

from collections.abc import Mapping

import msgspec
from django.http import QueryDict

from ripely.compiler.ruleset import Published
from ripely.model.journey import Journey
from ripely.operations.preview.choices import Setting, read_setting
from ripely.operations.preview.opening import offered, open_draft, walked
from ripely.operations.preview.people import Records
from ripely.operations.preview.walking import Draft, Walk
from ripely.operations.publishing import drafts
from ripely.operations.wording.names import contact_name
from ripely.web.request import Request


class Opened(msgspec.Struct, frozen=True):
    draft: Draft
    whole: Published
    setting: Setting
    walk: Walk


def opened(request: Request, journey: Journey, said: QueryDict) -> Opened:
    """Play what the address says once more. Raises `ChoiceError` or `UnknownPersonError`."""
    published = request.in_force.published
    kept = drafts.kept(("journey", journey.id))
    others = drafts.check(kept.text, ("journey", journey.id), published).others if kept else ()
    draft, whole = open_draft(journey, published, others)
    setting = read_setting(said.get("at", ""))
    records = Records(request.app.history, request.app.profiles, request.in_force.rules)
    now_s = int(request.app.clock.now().timestamp())
    return Opened(draft, whole, setting, walked(draft, setting, records, now_s))


def shown(found: Opened) -> Mapping[str, object]:
    chances = [
        (one, msgspec.json.encode(one.choice).decode())
        for one in offered(found.walk, found.draft, found.whole)
    ]
    profile = found.walk.profile
    return {
        "walk": found.walk,
        "setting": found.setting,
        "chances": chances,
        "contact": profile.contact,
        "name": contact_name(profile.attributes),
    }
