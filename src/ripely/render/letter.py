"""A template compiled, once for everybody: what is the same is encoded, what is not are slots."""

import re
from email.utils import parseaddr

import msgspec
from liquid.template import BoundTemplate

from ripely.model.problem import Problem
from ripely.model.template import Template
from ripely.render import liquid, mjml
from ripely.render.mime import wire_address
from ripely.render.shield import MARK, shield
from ripely.render.slots import Slots
from ripely.render.text import to_text

PIXEL = "ripely_pixel"
_HREF = re.compile(r"""(<(?:a|area|v:\w+)\b[^<>]*?\shref=)("[^"]*"|'[^']*')""")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>()\"]+[^\s<>()\".,;:!?]")
_BODY = re.compile(r"<body\b[^>]*>")
_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;'
    'overflow:hidden;mso-hide:all">{}</div>'
)


class Letter(msgspec.Struct, frozen=True):
    """A template compiled: what is the same for everybody is encoded already."""

    template: Template
    subject: BoundTemplate
    html: Slots
    text: Slots


class Refused(msgspec.Struct, frozen=True):
    """A template nothing can be made of, and why."""

    problems: tuple[Problem, ...]


def compile_template(template: Template) -> Letter | Refused:
    found = template_problems(template)
    if found:
        return Refused(tuple(found))
    shielded, restore = shield(template.body)
    html = mjml.to_html(shielded)
    text = _bare_links(template.text) if template.text else restore(to_text(html, _text_link))
    marked = _HREF.sub(_html_link, html).replace("</body>", f"{{{{ {PIXEL} }}}}</body>")
    return Letter(
        template=template,
        subject=liquid.TEXT.from_string(template.subject),
        html=Slots(
            liquid.HTML.from_string(_with_preheader(restore(marked), template.preheader)), "\n"
        ),
        text=Slots(liquid.TEXT.from_string(text), "\n"),
    )


def template_problems(template: Template) -> list[Problem]:
    """Everything wrong with a template, at once, each with its line."""
    found = [
        problem
        for part in ("subject", "preheader", "body", "text")
        for problem in liquid.problems(getattr(template, part), f"$.{part}")
    ]
    shielded, _ = shield(template.body)
    found += mjml.problems(shielded, "$.body")
    if template.sender and wire_address(parseaddr(template.sender)[1]) is None:
        found.append(
            Problem("sender", "$.sender", "is not an address like Shop <hello@shop.example>.")
        )
    return found or _conversion_problems(shielded)


def _conversion_problems(shielded: str) -> list[Problem]:
    try:
        mjml.to_html(shielded)
    except OSError as error:
        return [Problem("mjml_syntax", "$.body", f"cannot be read as MJML: {error}.")]
    return []


def _with_preheader(html: str, preheader: str) -> str:
    if not preheader:
        return html
    return _BODY.sub(lambda body: body[0] + _PREHEADER.format(preheader), html, count=1)


def _html_link(found: re.Match[str]) -> str:
    quote, target = found[2][0], found[2][1:-1]
    leads_away = "://" in target or MARK.search(target)
    return f"{found[1]}{quote}{_text_link(target)}{quote}" if leads_away else found[0]


def _text_link(target: str) -> str:
    if target.startswith(mjml.UNTRACKED):
        return target.removeprefix(mjml.UNTRACKED)
    return _tracked(target)


def _bare_links(text: str) -> str:
    shielded, restore = shield(text)
    return restore(_WEB_ADDRESS.sub(lambda found: _tracked(found[0]), shielded))


def _tracked(target: str) -> str:
    return f"{{% {liquid.LINK} %}}{target}{{% end{liquid.LINK} %}}"
