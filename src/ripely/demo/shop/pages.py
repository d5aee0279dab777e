"""What stands at each address of the shop."""

import csv
import io
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from ripely.demo.shop.catalogue import Article, Category, Product, catalogue, library
from ripely.demo.shop.rendering import Page, asset, drawing, missing, render

QUERY_CHARACTERS_MAX = 100
QUOTE_VALUE = 2427
TITLES = {
    "cart": "Your cart",
    "checkout": "Checkout",
    "delivery": "Delivery",
    "instalments": "Six instalments",
    "service": "Service and repairs",
    "price-list": "Price list",
}
THANKS = {
    "order": ("Thank you for your order", "A real shop would load the van now. You ordered:"),
    "request": ("Your request is here", "An answer is on its way to your mailbox."),
    "newsletter": ("You are on the list", "The first letter is on its way to your mailbox."),
}
FORMS = {
    "/shop/checkout": "order",
    "/shop/request": "request",
    "/shop/newsletter": "newsletter",
}
"""Where forms are sent, and what thanks the sender. The tracker has read them before."""


def page_at(path: str, query: str) -> Page:
    """Return what stands at `path`, which begins with /shop/."""
    match path.removeprefix("/shop/").split("/"):
        case [name]:
            return _top(name, dict(parse_qsl(query)))
        case [slug, name] if category := catalogue().category(slug):
            return _product(category, name) if name else _category(category)
        case [shelf, name] if kept := SHELVES.get(shelf):
            return kept(name)
        case _:
            return missing()


def _top(name: str, answers: Mapping[str, str]) -> Page:
    match name:
        case "":
            return render("home", title="Good machines for a quiet home")
        case "search":
            return _search(answers.get("q", ""))
        case "request":
            return _request(answers.get("about", ""))
        case "price-list.csv":
            return _price_file()
        case _ if name in TITLES:
            return render(name, title=TITLES[name], here=name)
        case _:
            return missing()


def _category(category: Category) -> Page:
    seen = {"category": category.slug, "products": [p.slug for p in category.products]}
    return render(
        "category",
        title=category.name,
        here=category.slug,
        category=category,
        event="Product List Viewed",
        properties=seen,
    )


def _product(category: Category, slug: str) -> Page:
    product = category.product(slug)
    if product is None:
        return missing()
    return render(
        "product",
        title=product.name,
        here=category.slug,
        category=category,
        product=product,
        instalment=product.instalment,
        others=[other for other in category.products if other != product][:4],
        event="Product Viewed",
        properties=_facts(category, product),
    )


def _facts(category: Category, product: Product) -> dict[str, object]:
    return {
        "product_id": product.slug,
        "name": product.name,
        "price": product.price,
        "currency": "EUR",
        "category": category.slug,
    }


def _search(query: str) -> Page:
    query = query.strip()[:QUERY_CHARACTERS_MAX]
    return render("search", title="Search", query=query, found=catalogue().search(query))


def _request(about: str) -> Page:
    """Begin the question for a visitor who comes from a product."""
    found = catalogue().find(about)
    if found is None:
        return render("request", title="Ask an adviser", topic=about, question="")
    category, product = found
    question = f"I should like to know more about the {product.name}."
    return render("request", title="Ask an adviser", topic=category.slug, question=question)


def _article(slug: str) -> Page:
    if not slug:
        return render("articles", title="Advice", here="articles")
    return _text(library().articles, slug)


def _case(slug: str) -> Page:
    return _text(library().cases, slug)


def _text(shelf: tuple[Article, ...], slug: str) -> Page:
    article = next((article for article in shelf if article.slug == slug), None)
    if article is None:
        return missing()
    return render("article", title=article.title, here="articles", article=article)


def _quote(number: str) -> Page:
    if not number.isalnum():
        return missing()
    seen = {"quote": number, "value": QUOTE_VALUE, "currency": "EUR"}
    return render(
        "quote", title=f"Quote {number}", number=number, event="Quote Viewed", properties=seen
    )


def _thanks(kind: str) -> Page:
    if kind not in THANKS:
        return missing()
    title, text = THANKS[kind]
    return render("thanks", title=title, text=text, order=kind == "order")


def _price_file() -> Page:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("category", "product", "what it is", "price in EUR"))
    table.writerows((c.name, p.name, p.claim, p.price) for c, p in catalogue().pairs())
    return Page(text.getvalue().encode(), "text/csv; charset=utf-8")


SHELVES: Mapping[str, Callable[[str], Page]] = {
    "articles": _article,
    "cases": _case,
    "quotes": _quote,
    "thanks": _thanks,
    "assets": asset,
    "images": lambda name: drawing(name.removesuffix(".svg")),
}
