"""What templates need beyond Django's own tags: icons, moments, scores, contact codes."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ripely.model.ids import ContactId, contact_code
from ripely.operations.wording import names as naming
from ripely.operations.wording.because import because as in_words
from ripely.operations.wording.places import say_place

register = template.Library()
AVATAR_TINTS = 8
ICONS_MAX = 1_000
"""So many icons with their labels are kept as they were made."""


@register.simple_tag
@lru_cache(ICONS_MAX, typed=True)
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with a label it says something, without one it is decoration."""
    hidden = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" {}><use href="{}#{}"/></svg>',
        SafeString(hidden),
        static("built/icons.svg"),
        name,
    )


@register.filter
def code(contact: int) -> str:
    return contact_code(ContactId(contact))


@register.filter
def spoken(key: str) -> str:
    return naming.spoken(key)


@register.filter
def place(path: str) -> str:
    return say_place(path)


@register.filter
def from_ms(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


@register.filter
def from_s(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


@register.filter
def percent(share: float) -> str:
    return f"{share:.1%}"


@register.filter
def change(share: float) -> str:
    """How much more or less: +78%."""
    return f"{share:+.0%}"


@register.filter
def ago(at: datetime | None) -> SafeString:
    """How long ago; the browser keeps it up to date, and its title has the moment itself."""
    if at is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" title="{}" data-relative>{}</time>',
        at.isoformat(),
        _full(at),
        date_format(timezone.localtime(at), "j M H:i"),
    )


@register.filter
def moment(at: datetime | None) -> SafeString:
    """Day and time, the year only when it is not this one's."""
    return _time(at, "j M, H:i")


@register.filter
def clock(at: datetime | None) -> SafeString:
    return _time(at, "H:i")


@register.filter
def day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "l, j F Y")


@register.filter
def lasted(seconds: int | timedelta) -> str:
    """A length of time in its two largest units."""
    left = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    words = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or "0 s"


@register.filter
def about(seconds: int) -> str:
    """A length of time of which a few seconds do not matter."""
    return lasted(seconds // 60 * 60 if seconds >= 60 else seconds)


@register.filter
def first_word(words: str) -> str:
    return words.partition(" ")[0]


@register.filter
def rest_words(words: str) -> str:
    return words.partition(" ")[2]


@register.filter
def intcomma(number: int) -> str:
    return f"{number:,}"


@register.filter
def initials(name: str) -> str:
    said = name.partition("@")[0].replace(".", " ") if "@" in name else name
    words = [word for word in said.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def tint(contact: int) -> int:
    return contact % AVATAR_TINTS


@register.simple_tag(takes_context=True)
def score(context: template.Context, points: int, level: str = "") -> SafeString:
    """Points and their level, warmer the higher the level is among all."""
    heat = context["request"].in_force.names.heat(level)
    label = format_html('<span class="score-level">{}</span>', level) if level else ""
    return format_html('<span class="score heat-{}"><b>{}</b>{}</span>', heat, points, label)


@register.simple_tag(takes_context=True)
def level(context: template.Context, name: str) -> SafeString:
    """A level alone, as warm as `score` shows it."""
    heat = context["request"].in_force.names.heat(name)
    return format_html('<span class="score heat-{}"><b>{}</b></span>', heat, name)


@register.simple_tag(takes_context=True)
def because(context: template.Context, reason: str) -> str:
    """A reason of the fold, with names instead of ids."""
    return in_words(reason, context["request"].in_force.names)


@register.simple_tag(takes_context=True)
def segment_name(context: template.Context, key: str) -> str:
    return str(context["request"].in_force.names.segment(key))


@register.simple_tag(takes_context=True)
def journey_name(context: template.Context, key: str) -> str:
    return str(context["request"].in_force.names.journey(key))


@register.simple_tag(takes_context=True)
def template_name(context: template.Context, key: str) -> str:
    return str(context["request"].in_force.names.template(key))


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: str) -> str:
    """The address of this page with some of its parameters changed; an empty one goes."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}" if query else "?"


def _time(at: datetime | None, form: str) -> SafeString:
    if at is None:
        return SafeString("")
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        _full(at),
        date_format(local, form),
    )


def _full(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{date_format(local, 'l, j F Y, H:i:s')} {local.tzname()}"
