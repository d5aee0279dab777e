"""The standard events: their names, what Segment calls them, and what they carry.

To add one, add one entry to the file of its subject. Every other name is allowed too, and means
what its sender means.
"""

from collections.abc import Mapping

from ripely.model.catalog.messages import MESSAGES
from ripely.model.catalog.people import PEOPLE
from ripely.model.catalog.sales import SALES
from ripely.model.catalog.shop import SHOP
from ripely.model.catalog.site import SITE
from ripely.model.catalog.standard import Standard

SUBJECTS: Mapping[str, tuple[Standard, ...]] = {
    "On the site": SITE,
    "Shopping": SHOP,
    "Messages": MESSAGES,
    "Sales": SALES,
    "Who they are": PEOPLE,
}
CATALOG = tuple(standard for subject in SUBJECTS.values() for standard in subject)
BY_NAME: Mapping[str, Standard] = {standard.name: standard for standard in CATALOG}
RESERVED = frozenset(standard.name for standard in CATALOG if standard.reserved)
SERVERS_ONLY = frozenset(standard.name for standard in CATALOG if standard.servers_only)
"""What only servers may say: no page can know it."""
_NO_ACTS = frozenset(standard.name for standard in CATALOG if not standard.act)
_SPOKEN = {spoken.lower(): one.name for one in CATALOG for spoken in one.spoken}


def standard_name(segment_name: str) -> str:
    """Return our name for what a Segment `track` call is named; an unknown name stays as it is."""
    return _SPOKEN.get(segment_name.lower(), segment_name)


def is_act(name: str) -> bool:
    """Whether the contact did it, as far as a name can tell: what a site makes up itself, too."""
    return name not in _NO_ACTS


def property_type(example: object) -> str:
    """Name the type of a property as people say it."""
    match example:
        case bool():
            return "yes or no"
        case int() | float():
            return "number"
        case list():
            return "list"
        case _:
            return "text"
