"""A mail as its reader would see it, that is never sent: for stories and for whoever writes templates."""

from datetime import UTC, datetime

from ripely.model.effect import SendMessage
from ripely.model.template import Template
from ripely.render.headers import Mailing
from ripely.render.letter import Letter, compile_template
from ripely.render.links import derive_keys
from ripely.render.message import NONE, render

_NOWHERE = Mailing(
    "https://ripely.example",
    "Preview <preview@example.com>",
    derive_keys("signs nothing that counts"),
)


def preview(template: Template, message: SendMessage) -> bytes:
    letter = compile_template(template)
    assert isinstance(letter, Letter), f"template {template.id} cannot be rendered"
    at = datetime.fromtimestamp(message.decided_ms / 1000, UTC)
    return render(letter, message, _NOWHERE, at, NONE)
