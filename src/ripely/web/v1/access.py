"""Which other systems may ask: those with the key of a reader."""

from base64 import b64decode

from django.core.exceptions import PermissionDenied

from ripely.operations import sources
from ripely.web.request import Request


def machine_read(request: Request) -> str:
    """Return which system asks, by the key of a reader: as a Bearer token, or as the user of Basic."""
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    key = credentials if kind.lower() == "bearer" else _basic_user(credentials)
    source = sources.reader_called(key) if key else None
    if source is None:
        raise PermissionDenied("The key of a reader is needed.")
    return source


def _basic_user(credentials: str) -> str:
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[0]
    except ValueError:
        return ""
