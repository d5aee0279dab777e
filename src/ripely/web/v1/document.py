"""The OpenAPI document of all that other systems may tell and ask."""

from functools import cache
from importlib.metadata import version

from ripely.api.calls import calls
from ripely.api.openapi import document
from ripely.web.v1.endpoint import ENDPOINTS, get


@get("openapi.json", ())
def described() -> dict[str, object]:
    """Describe all addresses with what they take and tell: this document."""
    return _document()


@cache
def _document() -> dict[str, object]:
    return document([*calls(), *(one.operation for one in ENDPOINTS)], version("ripely"))
