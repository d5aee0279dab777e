"""What the shop sells and writes, read from the two files beside this one."""

from functools import cache
from importlib.resources import files
from typing import TypeVar

import msgspec

INSTALMENTS = 6
T = TypeVar("T")


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str
    price: int
    colour: str
    accent: str
    claim: str
    facts: tuple[str, ...]

    @property
    def instalment(self) -> str:
        return f"{self.price / INSTALMENTS:.2f}"


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    name: str
    claim: str
    products: tuple[Product, ...]

    def product(self, slug: str) -> Product | None:
        return next((product for product in self.products if product.slug == slug), None)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    head: str
    text: str


class Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slug: str
    title: str
    about: str
    minutes: int
    lead: str
    parts: tuple[Part, ...]


class Catalogue(msgspec.Struct, frozen=True):
    categories: tuple[Category, ...]

    def category(self, slug: str) -> Category | None:
        return next((c for c in self.categories if c.slug == slug), None)

    def find(self, slug: str) -> tuple[Category, Product] | None:
        return next((pair for pair in self.pairs() if pair[1].slug == slug), None)

    def search(self, query: str) -> list[tuple[Category, Product]]:
        """Return products in whose words every word of the query begins some word."""
        wanted = query.lower().split()
        return [pair for pair in self.pairs() if wanted and _matches(wanted, *pair)]

    def pairs(self) -> list[tuple[Category, Product]]:
        return [(c, p) for c in self.categories for p in c.products]


class Library(msgspec.Struct, frozen=True):
    articles: tuple[Article, ...]
    cases: tuple[Article, ...]


@cache
def catalogue() -> Catalogue:
    return _read("catalogue.yaml", Catalogue)


@cache
def library() -> Library:
    return _read("articles.yaml", Library)


def _read(name: str, kind: type[T]) -> T:
    return msgspec.yaml.decode(files(__package__).joinpath(name).read_bytes(), type=kind)


def _matches(wanted: list[str], category: Category, product: Product) -> bool:
    text = " ".join((category.name, product.name, product.claim, *product.facts))
    words = text.lower().replace(",", " ").split()
    return all(any(word.startswith(want) for word in words) for want in wanted)
