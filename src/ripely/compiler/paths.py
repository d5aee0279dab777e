"""Properties of an event by their name, or by a way into objects and lists: `products.category`."""

from collections.abc import Callable, Mapping

ITEMS_MAX = 100
"""What is found in longer lists is looked at no further."""

URL = "url"
"""An address is text, and nothing else under this name is known."""

Lookup = Callable[[Mapping[str, object]], object]


def is_path(name: str) -> bool:
    return "." in name


def lookup(name: str) -> Lookup:
    """Return what finds a property. Along lists it finds the values of all items, as a tuple."""
    if name == URL:
        return _address
    if not is_path(name):
        return lambda properties: plain(properties.get(name))
    way = name.split(".")

    def found(properties: Mapping[str, object]) -> object:
        return plain(properties[name]) if name in properties else _along(way, properties)

    return found


def _address(properties: Mapping[str, object]) -> object:
    value = properties.get(URL)
    return value if isinstance(value, str) and value else None


def plain(value: object) -> object:
    """Return what can be compared of a value: itself, the plain items of a list, nothing of an object."""
    if isinstance(value, (list, tuple)):
        return tuple(one for one in value if isinstance(one, (str, int, float))) or None
    return value if isinstance(value, (str, int, float)) else None


def _along(way: list[str], properties: Mapping[str, object]) -> object:
    here: list[object] = [properties]
    spread = False
    for part in way:
        inner = [one[part] for one in here if isinstance(one, Mapping) and part in one]
        spread = spread or any(isinstance(one, list) for one in inner)
        here = [item for one in inner for item in (one if isinstance(one, list) else [one])]
        del here[ITEMS_MAX:]
    values = tuple(one for one in here if isinstance(one, (str, int, float)))
    if spread:
        return values or None
    return values[0] if values else None
