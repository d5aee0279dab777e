"""One visit to the shop, told in the words of the tracker: what it would have sent, and when."""

from random import Random
from urllib.parse import urlencode

import msgspec

from ripely.demo.population import Person
from ripely.demo.shop.catalogue import Category, Product, catalogue, library
from ripely.demo.shop.pages import TITLES

READING_SECONDS = (4, 25)
Call = dict[str, object]


class Act(msgspec.Struct, frozen=True):
    """After `pause_s` the browser sends these calls, without the facts that all calls carry."""

    pause_s: float
    calls: list[Call]


class Visit:
    """Collects the acts of one visit; each page that is opened first leaves the one before it."""

    def __init__(self, person: Person, chance: Random, shop: str, referrer: str = "") -> None:
        self.person, self.chance = person, chance
        self.acts: list[Act] = []
        self._shop = shop
        self._page: Call = {"url": referrer}
        self._cart: list[Call] = []

    def open(self, path: str, title: str, **query: str) -> None:
        search = f"?{urlencode(query)}" if query else ""
        seconds = self.chance.uniform(*READING_SECONDS) if self.acts else 0.0
        calls = [self._left(seconds)] if self.acts else []
        self._page = {
            "url": f"{self._shop}{path}{search}",
            "path": f"/shop{path}",
            "title": f"{title} · Oakmere Home",
            "referrer": self._page["url"],
            "search": search,
        }
        calls.append(self._call("page", properties=self._page))
        self.acts.append(Act(seconds, calls))

    def tell(self, event: str, **properties: object) -> None:
        """Add an event to the page that was opened last."""
        self.acts[-1].calls.append(self._call("track", event=event, properties=properties))

    def category(self, category: Category, **query: str) -> None:
        self.open(f"/{category.slug}/", category.name, **query)
        self.tell("Product List Viewed", category=category.slug)

    def product(self, category: Category, product: Product) -> None:
        self.open(f"/{category.slug}/{product.slug}", product.name)
        self.tell("Product Viewed", **_facts(category, product), currency="EUR")

    def click(self, name: str, **facts: object) -> None:
        self.pause("Element Clicked", name=name, text=name.capitalize(), **facts)

    def search(self, query: str) -> None:
        self.open("/search", "Search", q=query)
        self.tell("Products Searched", query=query)

    def read(self) -> None:
        article = self.chance.choice(library().articles)
        self.open(f"/articles/{article.slug}", article.title)

    def plain(self, name: str) -> None:
        self.open(f"/{name}", TITLES[name])

    def add(self, category: Category, product: Product) -> None:
        line = {**_facts(category, product), "quantity": 1}
        self._cart.append(line)
        self.pause("Product Added", **line)

    def pause(self, event: str, **properties: object) -> None:
        """Tell an event some seconds after what came before it."""
        self.acts.append(Act(self.chance.uniform(1, 6), []))
        self.tell(event, **properties)

    def checkout(self) -> None:
        self.plain("cart")
        self.tell("Cart Viewed", **self._sum("value"))
        self.plain("checkout")
        self.tell("Checkout Started", **self._sum("value"))

    def order(self, number: str) -> None:
        self.submit("checkout", city=self.person.city, payment=self.chance.choice(_PAYMENTS))
        self.tell("Order Completed", order_id=number, **self._sum("total"))
        self.open("/thanks/order", "Thank you for your order")

    def submit(self, form: str, *, named: bool = True, **fields: str) -> None:
        """Send a form, by which the visitor is known from here on."""
        person = self.person
        who = {"email": person.email}
        if named:
            who |= {"name": person.name} | ({"phone": person.phone} if person.phone else {})
        traits = who | {k: v for k, v in fields.items() if k in _TRAITS}
        self.acts.append(Act(self.chance.uniform(8, 30), []))
        consent = {"consent": {"marketing": True}}
        self.acts[-1].calls.append(self._call("identify", traits=traits | consent))
        self.tell("Form Submitted", form=form, fields=who | fields)

    def _left(self, seconds: float) -> Call:
        left = {"url": self._page["url"], "path": self._page["path"], "seconds": round(seconds)}
        scroll = self.chance.randint(20, 100)
        return self._call("track", event="Page Left", properties=left | {"scroll": scroll})

    def _call(self, kind: str, **fields: object) -> Call:
        return {"type": kind, "context": {"page": self._page}, **fields}

    def _sum(self, name: str) -> Call:
        value = sum(int(str(line["price"])) for line in self._cart)
        return {name: value, "currency": "EUR", "products": list(self._cart)}


_TRAITS = {"role", "topic", "city"}
_PAYMENTS = ("on delivery", "on delivery", "instalments")


def _facts(category: Category, product: Product) -> Call:
    return {
        "product_id": product.slug,
        "name": product.name,
        "price": product.price,
        "category": category.slug,
    }


def favourite(person: Person) -> Category:
    found = catalogue().category(person.taste)
    assert found is not None
    return found
