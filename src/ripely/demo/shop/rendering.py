"""How a page of the shop is made: Liquid templates, drawings, and files as they are."""

from functools import cache
from importlib.resources import files

import msgspec
from liquid import CachingFileSystemLoader, Environment
from liquid.extra import BlockTag, ExtendsTag

from ripely.demo.company import WRITE_KEY
from ripely.demo.shop.catalogue import catalogue, library

FOLDER = files(__package__)
HTML = "text/html; charset=utf-8"
SVG = "image/svg+xml"
ASSET_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": SVG,
}


class Page(msgspec.Struct, frozen=True):
    body: bytes
    type: str = HTML
    status: int = 200


def render(name: str, properties: object = None, **words: object) -> Page:
    """Fill a template. `properties` are those of the event that the page reports, `event`."""
    text = _liquid("templates", escape=True).get_template(f"{name}.html").render(
        properties=msgspec.json.encode(properties).decode(),
        write_key=WRITE_KEY,
        **_shelves(),
        **{word: msgspec.to_builtins(value) for word, value in words.items()},
    )  # fmt: skip
    return Page(text.encode())


def missing() -> Page:
    return msgspec.structs.replace(render("missing", title="No such page"), status=404)


@cache
def asset(name: str) -> Page:
    known = {entry.name: entry for entry in FOLDER.joinpath("assets").iterdir()}
    if name not in known:
        return missing()
    return Page(known[name].read_bytes(), ASSET_TYPES[name[name.rindex(".") :]])


@cache
def drawing(slug: str) -> Page:
    """Draw a product in its colours: one drawing a category, no photographs."""
    found = catalogue().find(slug)
    if found is None:
        return missing()
    category, product = found
    template = _liquid("drawings", escape=False).get_template(f"{category.slug}.svg")
    text = template.render(colour=product.colour, accent=product.accent)
    return Page(text.encode(), SVG)


@cache
def _liquid(folder: str, *, escape: bool) -> Environment:
    loader = CachingFileSystemLoader(str(FOLDER.joinpath(folder)), auto_reload=False)
    environment = Environment(loader=loader, autoescape=escape)
    environment.add_tag(ExtendsTag)
    environment.add_tag(BlockTag)
    return environment


@cache
def _shelves() -> dict[str, object]:
    """What every page may show, as the plain data that Liquid reads."""
    return {
        "categories": msgspec.to_builtins(catalogue().categories),
        "articles": msgspec.to_builtins(library().articles),
        "cases": msgspec.to_builtins(library().cases),
    }
