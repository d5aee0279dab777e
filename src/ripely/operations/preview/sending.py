"""The letters of a preview to oneself: for real, marked as a test, and without a trace of the contact.

Nothing in them leads back: their links are not tracked, and whoever follows "unsubscribe" in one
unsubscribes nobody, since it is signed with no key that counts.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from ripely.model.effect import SendMessage
from ripely.model.ids import ContactId, EffectId, TemplateId, derive_text
from ripely.model.template import Template
from ripely.operations.preview.walking import Letter
from ripely.ports import Channel, Delivery, Outcome
from ripely.render.headers import Mailing, sender_address, sender_of
from ripely.render.letter import Letter as Compiled, compile_template
from ripely.render.links import derive_keys
from ripely.render.message import NONE, render
from ripely.render.mime import wire_address

TEST = "[Test] "
_NO_KEYS = derive_keys("signs nothing that counts")
_NOBODY = ContactId(0)


def send_to_oneself(
    letters: Sequence[Letter],
    templates: dict[TemplateId, Template],
    to: str,
    mailing: Mailing,
    channel: Channel,
    now: datetime,
) -> list[Outcome]:
    """Hand the letters of a walk over to one address, and to no other."""
    unsigned = Mailing(mailing.base_url, mailing.sender, _NO_KEYS)
    deliveries = [
        delivery
        for one in letters
        if one.message.channel == "email" and not one.held
        for delivery in _delivery(
            one.message, templates[one.message.template], to, unsigned, now
        )
    ]
    return channel.send(deliveries) if deliveries else []


def _delivery(
    message: SendMessage, template: Template, to: str, mailing: Mailing, now: datetime
) -> list[Delivery]:
    marked = msgspec.structs.replace(template, subject=f"{TEST}{template.subject}")
    letter, recipient = compile_template(marked), wire_address(to)
    if not isinstance(letter, Compiled) or recipient is None:
        return []
    identity = EffectId(derive_text("test", to, message.id, now.isoformat()))
    mine = msgspec.structs.replace(message, id=identity, contact=_NOBODY, recipient=to)
    content = render(letter, mine, mailing, now, NONE)
    sender = sender_address(sender_of(letter, mailing))
    return [Delivery(identity, sender, recipient, content)]
