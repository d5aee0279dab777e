"""Invented people: the same seed makes the same town, so that a demo can be shown twice."""

from functools import cache
from importlib.resources import files
from random import Random
from uuid import UUID

import msgspec

from ripely.demo.shop.catalogue import catalogue

PEOPLE = 300
PHONE_SHARE = 0.6
BUSINESS = frozenset({"landlord", "guesthouse owner", "office manager"})
"""Roles that buy machines for others to use, and so again and again."""
REFUSED_EVERY = 50
"""Every so many people have an address that the demo's mail server refuses."""


class Person(msgspec.Struct, frozen=True):
    """One inhabitant. `taste` is the category that they came for; without a phone they left none."""

    anonymous_id: str
    name: str
    email: str
    phone: str
    role: str
    city: str
    timezone: str
    locale: str
    browser: str
    taste: str


class _Place(msgspec.Struct, frozen=True):
    city: str
    timezone: str
    locale: str


class _Stock(msgspec.Struct, frozen=True):
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    places: tuple[_Place, ...]
    roles: dict[str, int]
    browsers: tuple[str, ...]


def population(seed: str, size: int = PEOPLE) -> tuple[Person, ...]:
    chance = Random(f"{seed} population")
    return tuple(_person(chance, number) for number in range(size))


def _person(chance: Random, number: int) -> Person:
    stock = _stock()
    first, last = chance.choice(stock.first_names), chance.choice(stock.last_names)
    place = chance.choice(stock.places)
    return Person(
        anonymous_id=random_id(chance),
        name=f"{first} {last}",
        email=_email(first, last, number),
        # A range that the regulator keeps free for films; a number belongs to one person.
        phone=f"+44 7700 900{number:03}" if chance.random() < PHONE_SHARE else "",
        role=chance.choices(list(stock.roles), list(stock.roles.values()))[0],
        city=place.city,
        timezone=place.timezone,
        locale=place.locale,
        browser=chance.choice(stock.browsers),
        taste=chance.choice(catalogue().categories).slug,
    )


def _email(first: str, last: str, number: int) -> str:
    """The number keeps two people of one name apart."""
    refused = "refuse+" if number % REFUSED_EVERY == REFUSED_EVERY - 1 else ""
    return f"{refused}{first}.{last}.{number}@example.com".lower()


def random_id(chance: Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


@cache
def _stock() -> _Stock:
    data = files(__package__).joinpath("people.yaml").read_bytes()
    return msgspec.yaml.decode(data, type=_Stock)
