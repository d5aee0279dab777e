"""Why people come to the shop, and what each of them does there."""

from collections.abc import Callable
from random import Random

from ripely.demo.population import Person
from ripely.demo.shop.catalogue import catalogue
from ripely.demo.visit import Act, Visit, favourite

CAMPAIGNS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"utm_source": "search.example", "utm_medium": "cpc", "utm_campaign": "quiet-homes"},
    {"utm_source": "social.example", "utm_medium": "paid", "utm_campaign": "spring"},
)
REFERRERS = ("", "https://search.example/", "https://neighbours.example/tips")
SEARCHES = ("quiet", "steam", "slim", "heat pump", "robot", "grinder", "frost free", "pet")
QUESTIONS = (
    "Does it fit under a worktop of 85 cm?",
    "How loud is it in spin?",
    "Can you take the old one with you?",
    "What would six instalments be?",
    "We need three of them by the end of the month.",
)
LEAVES_THE_CART = 0.5
Plot = Callable[[Visit], None]


def plan(person: Person, chance: Random, shop: str) -> list[Act]:
    """Return one visit of a person. The same chance makes the same visit."""
    visit = Visit(person, chance, shop, chance.choice(REFERRERS))
    plot = chance.choices(list(PLOTS), list(PLOTS.values()))[0]
    plot(visit)
    return visit.acts


def buy(person: Person, chance: Random, shop: str) -> list[Act]:
    """Return the visit of somebody who came to order."""
    visit = Visit(person, chance, shop, chance.choice(REFERRERS))
    _fill_cart(visit)
    _order(visit)
    return visit.acts


def follow_mail(person: Person, chance: Random, shop: str, token: str) -> list[Act]:
    """Return the visit of somebody who clicked in a mail: its signed link says who it is."""
    visit = Visit(person, chance, shop)
    visit.open("/", "Good machines for a quiet home")
    visit.acts[0].calls.append({"type": "identify", "traits": {}, "contactToken": token})
    _products(visit, 2)
    return visit.acts


def _arrive(visit: Visit) -> None:
    campaign = visit.chance.choice(CAMPAIGNS)
    if campaign:
        visit.category(favourite(visit.person), **campaign)
    else:
        visit.open("/", "Good machines for a quiet home")


def _products(visit: Visit, most: int) -> None:
    category = favourite(visit.person)
    visit.category(category)
    for product in visit.chance.sample(category.products, visit.chance.randint(1, most)):
        visit.product(category, product)
        if visit.chance.random() < 0.3:
            name = visit.chance.choice(("delivery", "instalments"))
            visit.click(name, product=product.slug)


def _browse(visit: Visit) -> None:
    _arrive(visit)
    _products(visit, 4)


def _search(visit: Visit) -> None:
    _arrive(visit)
    query = visit.chance.choice(SEARCHES)
    visit.search(query)
    for category, product in catalogue().search(query)[:2]:
        visit.product(category, product)


def _read(visit: Visit) -> None:
    visit.open("/articles/", "Advice")
    for _ in range(visit.chance.randint(1, 3)):
        visit.read()


def _compare(visit: Visit) -> None:
    _arrive(visit)
    visit.plain("price-list")
    if visit.chance.random() < 0.6:
        visit.pause("File Downloaded", file="price-list.csv", extension="csv")
    visit.plain(visit.chance.choice(("delivery", "instalments")))
    _products(visit, 2)


def _shop(visit: Visit) -> None:
    _fill_cart(visit)
    if visit.chance.random() > LEAVES_THE_CART:
        _order(visit)


def _fill_cart(visit: Visit) -> None:
    _arrive(visit)
    _products(visit, 3)
    category = favourite(visit.person)
    visit.add(category, visit.chance.choice(category.products))
    visit.checkout()


def _order(visit: Visit) -> None:
    visit.order(f"OH-{visit.chance.getrandbits(28):07X}")


def _ask(visit: Visit) -> None:
    _arrive(visit)
    _products(visit, 3)
    visit.open("/request", "Ask an adviser")
    topic = "service" if visit.chance.random() < 0.1 else visit.person.taste
    question = visit.chance.choice(QUESTIONS)
    visit.submit("request", role=visit.person.role, topic=topic, question=question)
    visit.open("/thanks/request", "Your request is here")


def _subscribe(visit: Visit) -> None:
    _read(visit)
    visit.submit("newsletter", named=False)
    visit.open("/thanks/newsletter", "You are on the list")


def _serve(visit: Visit) -> None:
    _arrive(visit)
    visit.plain("service")


def _quote(visit: Visit) -> None:
    number = str(visit.chance.randint(1000, 1099))
    visit.open(f"/quotes/{number}", f"Quote {number}")
    visit.tell("Quote Viewed", quote=number, value=2427, currency="EUR")


PLOTS: dict[Plot, int] = {
    _browse: 28,
    _search: 13,
    _read: 11,
    _compare: 8,
    _shop: 14,
    _ask: 14,
    _subscribe: 6,
    _serve: 3,
    _quote: 3,
}
"""How often each plot is chosen, in parts of a hundred."""
