"""Settings, read once from the environment; docs/settings.md says what each is for."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

SECRET_BYTES = 32
LANGUAGES = ("en", "uk")
T = TypeVar("T")

_WAREHOUSES = ("clickhouse", "clickhouses")
_WAREHOUSE_WANTED = (
    "must be an address like clickhouse://user:password@host:8123/database, or clickhouses:// over TLS:"
    " a port is a number from 1 to 65535, and signs like @ : / ? # in a password are written as %40 %3A %2F %3F %23"
)


class SettingsError(Exception):
    """A variable holds something Ripely cannot use; the message names it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    data: Path
    database_url: str | None
    lake: str
    base_url: str
    smtp_url: str | None
    secret: str
    timezone: str
    language: str
    sender: str
    web_processes: int
    workers: int
    demo: bool
    tracking: str
    sites: tuple[str, ...]
    private_webhooks: bool
    warehouse: str | None = None


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    port = _read(environ, "RIPELY_PORT", "8000", _port)
    data = _read(environ, "RIPELY_DATA", ".data", _folder)
    secret = _read(environ, "RIPELY_SECRET", "", _long_enough)
    return Settings(
        host=_read(environ, "RIPELY_HOST", "127.0.0.1", _host),
        port=port,
        data=data,
        database_url=_read(environ, "DATABASE_URL", "", _database_url),
        lake=_read(environ, "RIPELY_LAKE", str(data / "lake"), _lake),
        base_url=_read(environ, "RIPELY_BASE_URL", f"http://127.0.0.1:{port}", _web_address),
        smtp_url=_read(environ, "RIPELY_SMTP_URL", "", _smtp_url),
        secret=secret or _stored_secret(data),
        timezone=_read(environ, "RIPELY_TIMEZONE", "UTC", _timezone),
        language=_read(environ, "RIPELY_LANGUAGE", "en", _language),
        sender=_read(environ, "RIPELY_FROM", "Ripely <ripely@localhost>", _sender),
        web_processes=_read(environ, "RIPELY_WEB_PROCESSES", "1", _count),
        workers=_read(environ, "RIPELY_WORKERS", "1", _count),
        demo=_read(environ, "RIPELY_DEMO", "0", _switch),
        tracking=_read(environ, "RIPELY_TRACKING", "individual", _tracking),
        sites=_read(environ, "RIPELY_SITES", "", _sites),
        private_webhooks=_read(environ, "RIPELY_PRIVATE_WEBHOOKS", "0", _switch),
        warehouse=_read(environ, "RIPELY_WAREHOUSE", "", _warehouse),
    )


def export(name: str, value: str) -> None:
    """Set a variable for the processes we start and the libraries that read the environment."""
    os.environ[name] = value


def make_data_folder(data: Path) -> None:
    # Others may pass through but not look: as root, PostgreSQL runs inside under its own user.
    try:
        data.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as wrong:
        sentence = f"RIPELY_DATA cannot be made: {data} ({wrong.strerror})."
        raise SettingsError(sentence) from None


def _read(environ: Mapping[str, str], name: str, default: str, parse: Callable[[str], T]) -> T:
    text = environ.get(name, "").strip() or default
    try:
        return parse(text)
    except ValueError as wrong:
        # Without the value: it may be a password.
        raise SettingsError(f"{name} {wrong}.") from None


def _stored_secret(data: Path) -> str:
    """The secret of this installation, made by whichever process needs it first."""
    make_data_folder(data)
    path = data / "secret"
    if not path.exists():
        _store_once(path, secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()


def _store_once(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(f"{text}\n")
    try:
        path.hardlink_to(draft)  # fails when another process was first, and never half done
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError("must be a port number from 1 to 65535")
    return int(text)


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("must be an address of this machine like 0.0.0.0") from None


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise ValueError("must be a number of processes from 1 to 64")
    return int(text)


def _switch(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("must be 1 for yes or 0 for no")
    return text == "1"


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("must name a folder")
    return path


def _database_url(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must be an address like postgresql://user:password@host/name")
    return text or None


def _lake(text: str) -> str:
    if "://" in text and not re.fullmatch(r"s3://[^/\s]+(/\S*)?", text):
        raise ValueError("must be a folder or an address like s3://bucket/lake")
    return text.rstrip("/") if "://" in text else str(_folder(text))


def _warehouse(text: str) -> str | None:
    if text and not _is_clickhouse(text):
        raise ValueError(_WAREHOUSE_WANTED)
    return text or None


def _is_clickhouse(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # Whose own words may tell the password.
        return False
    known = parts.scheme in _WAREHOUSES and bool(parts.hostname) and port != 0
    return known and not (parts.query or parts.fragment or "/" in parts.path.strip("/"))


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise ValueError("must be a web address like https://ripely.example.com")
    return text.rstrip("/")


def _smtp_url(text: str) -> str | None:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise ValueError("must be an address like smtp://user:password@host:587")
    return text or None


def _long_enough(text: str) -> str:
    if 0 < len(text) < SECRET_BYTES:
        raise ValueError(f"must have at least {SECRET_BYTES} characters")
    return text


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (OSError, ValueError, KeyError):
        raise ValueError("must be a time zone like Europe/Berlin") from None


def _language(text: str) -> str:
    if text.lower() not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return text.lower()


def _sender(text: str) -> str:
    if "@" not in text or "\n" in text:
        raise ValueError("must be a mail address like Shop <hello@shop.example>")
    return text


def _tracking(text: str) -> str:
    if text not in {"none", "aggregate", "individual"}:
        raise ValueError("must be none, aggregate or individual")
    return text


def _sites(text: str) -> tuple[str, ...]:
    sites = tuple(site.lower() for site in text.replace(",", " ").split())
    if any("/" in site or ":" in site for site in sites):
        raise ValueError("must be names of hosts like shop.example, www.shop.example")
    return sites
