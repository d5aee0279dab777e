"""What a message says, before it is said to one contact."""

import msgspec

from ripely.model.ids import TemplateId


class Template(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True,
    tag_field="kind", tag="template",
):  # fmt: skip
    """An email: MJML with Liquid in `body`, Liquid in `subject`; the text part is made from the body."""

    id: TemplateId
    name: str
    subject: str
    body: str
    preheader: str = ""
    text: str = ""
    sender: str = ""
    description: str = ""
