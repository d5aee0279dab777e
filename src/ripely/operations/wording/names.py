"""What people call the things that have ids: segments, scores, journeys, steps, templates, contacts."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from ripely.model.company import Company, Team
from ripely.model.definition import Definition
from ripely.model.journey import Journey
from ripely.model.score import Score
from ripely.model.segment import Segment
from ripely.model.template import Template

_ANY_COMPANY = Company("company")


class Names(msgspec.Struct, frozen=True):
    """Every definition by id; an id that no longer has one is its own name."""

    company: Company = _ANY_COMPANY
    segments: Mapping[str, Segment] = {}
    scores: Mapping[str, Score] = {}
    journeys: Mapping[str, Journey] = {}
    templates: Mapping[str, Template] = {}
    teams: Mapping[str, Team] = {}
    versions: Mapping[str, int] = {}

    def segment(self, key: str) -> str:
        return self.segments[key].name if key in self.segments else spoken(key)

    def score(self, key: str) -> str:
        """Name a score, or the part of one: `interest/boots`."""
        score, _, part = key.partition("/")
        name = self.scores[score].name if score in self.scores else spoken(score)
        return f"{name}: {part}" if part else name

    def journey(self, key: str) -> str:
        return self.journeys[key].name if key in self.journeys else spoken(key)

    def template(self, key: str) -> str:
        return self.templates[key].name if key in self.templates else spoken(key)

    def team(self, key: str) -> str:
        return self.teams[key].name if key in self.teams else key

    def levels(self) -> list[str]:
        """Every level of every score, the ripest first."""
        levels = {
            level.name: level.at_least for s in self.scores.values() for level in s.levels
        }
        return sorted(levels, key=lambda name: -levels[name])

    def heat(self, level: str) -> int:
        """How high a level is among all: 0 for none, up to 4 for the ripest."""
        levels = self.levels()
        if level not in levels:
            return 0
        return 4 - levels.index(level) * 4 // len(levels)


def names_of(
    definitions: Sequence[Definition],
    company: Company = _ANY_COMPANY,
    versions: Mapping[str, int] = {},
) -> Names:
    """Return what things are called. `versions` are those in force, by kind and id, like `journey/welcome`."""
    return Names(
        versions=versions,
        company=company,
        segments={d.id: d for d in definitions if isinstance(d, Segment)},
        scores={d.id: d for d in definitions if isinstance(d, Score)},
        journeys={d.id: d for d in definitions if isinstance(d, Journey)},
        templates={d.id: d for d in definitions if isinstance(d, Template)},
        teams={d.id: d for d in definitions if isinstance(d, Team)},
    )


def spoken(key: str) -> str:
    """Write an id or an event name as words: `cart_reminder` is "Cart reminder"."""
    words = key.replace("_", " ").replace(".", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def contact_name(attributes: Mapping[str, object]) -> str:
    """What to call a contact, from what is known; nothing for a stranger."""
    parts = [text(attributes.get(part)) for part in ("first_name", "last_name")]
    candidates = [
        text(attributes.get("name")),
        " ".join(part for part in parts if part),
        *(text(attributes.get(fact)) for fact in ("email", "phone", "user_id")),
    ]
    return next(filter(None, candidates), "")


def text(value: object) -> str:
    """A value as people write it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{spoken(str(k))} {text(v)}" for k, v in value.items())
        case list():
            return ", ".join(map(text, value))
        case _:
            words = f"{value:g}" if isinstance(value, float) else str(value)
            return words.replace("\x00", "").strip()


def short_address(url: str) -> str:
    """The part of a page's address that tells pages of one site apart."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
