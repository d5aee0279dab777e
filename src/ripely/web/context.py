"""What every page shows around its own content: the menu, the theme, the time zone."""

from collections.abc import Mapping, Sequence

import msgspec
from django.http import HttpRequest
from django.utils import timezone

THEME_COOKIE = "ripely_theme"
THEMES = {"light", "dark"}


class Item(msgspec.Struct, frozen=True):
    """A line of the menu. Its page, and those under it, have `section` as the first part of their name."""

    label: str
    url: str
    icon: str
    section: str


MENU: Sequence[tuple[str, Sequence[Item]]] = (
    (
        "",
        (
            Item("Live", "live-show", "activity", "live"),
            Item("Contacts", "contact-list", "users", "contact"),
            Item("Tasks", "task-list", "phone", "task"),
            Item("Results", "result-show", "target", "result"),
        ),
    ),
    (
        "Automation",
        (
            Item("Journeys", "journey-list", "route", "journey"),
            Item("Library", "library-list", "book", "library"),
            Item("Segments", "segment-list", "users-group", "segment"),
            Item("Scores", "score-list", "chart-bar", "score"),
            Item("Triggers", "trigger-list", "bolt", "trigger"),
            Item("Events", "event-list", "list", "event"),
            Item("Messages", "message-list", "send", "message"),
        ),
    ),
    (
        "Know before you send",
        (
            Item("Drafts", "draft-list", "edit", "draft"),
            Item("Held back", "held-show", "hand-stop", "held"),
            Item("Timing", "timing-show", "clock", "timing"),
            Item("Suggestions", "suggestion-list", "star", "suggestion"),
        ),
    ),
    (
        "Set-up",
        (
            Item("Demo mailbox", "mail-list", "inbox", "mail"),
            Item("Definitions", "definition-list", "file-text", "definition"),
            Item("Settings", "workspace-show", "settings", "workspace"),
            Item("System", "system-show", "plug", "system"),
        ),
    ),
)


def page(request: HttpRequest) -> Mapping[str, object]:
    theme = request.COOKIES.get(THEME_COOKIE, "")
    match = request.resolver_match
    return {
        "menu": MENU,
        "demo": request.app.settings.demo,  # type: ignore[attr-defined]
        "is_copy": not request.app.home.is_here(),  # type: ignore[attr-defined]
        "section": match.url_name.partition("-")[0] if match and match.url_name else "",
        "theme": theme if theme in THEMES else "light",
        "theme_chosen": theme in THEMES,
        "zone": timezone.get_current_timezone_name(),
    }
