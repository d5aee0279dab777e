"""What a visitor came with, as a user agent tells it: the kind of device, its system, its browser."""

from functools import lru_cache
from typing import NamedTuple

CHARACTERS_MAX = 500
# The first mark that is found decides: those who pass for others come before them.
_SYSTEMS = (
    ("windows phone", "Windows Phone"), ("windows", "Windows"), ("iphone", "iOS"), ("ipad", "iOS"), ("ipod", "iOS"),
    ("android", "Android"), ("cros ", "ChromeOS"), ("mac os x", "macOS"), ("macintosh", "macOS"), ("linux", "Linux"),
)  # fmt: skip
_BROWSERS = (
    ("edg/", "Edge"), ("edga/", "Edge"), ("edgios/", "Edge"), ("edge/", "Edge"), ("opr/", "Opera"), ("opera", "Opera"),
    ("opt/", "Opera"), ("samsungbrowser/", "Samsung Internet"), ("vivaldi/", "Vivaldi"), ("yabrowser/", "Yandex"),
    ("ucbrowser/", "UC Browser"), ("duckduckgo/", "DuckDuckGo"), ("firefox/", "Firefox"), ("fxios/", "Firefox"),
    ("crios/", "Chrome"), ("chrome/", "Chrome"), ("chromium/", "Chrome"), ("trident/", "Internet Explorer"),
    ("msie ", "Internet Explorer"), ("safari/", "Safari"),
)  # fmt: skip
_TABLETS = ("ipad", "tablet", "kindle", "silk/", "playbook")
_PHONES = ("mobi", "iphone", "ipod", "windows phone")


class Device(NamedTuple):
    """Nothing where the user agent does not tell. `kind` is mobile, tablet or desktop."""

    kind: str
    os: str
    browser: str


@lru_cache(maxsize=8192)
def device_of(user_agent: str) -> Device:
    agent = user_agent[:CHARACTERS_MAX].lower()
    os, browser = _first(_SYSTEMS, agent), _first(_BROWSERS, agent)
    return Device(_kind(agent) if os else "", os, browser)


def device_named(device: object, os: object) -> Device:
    """Return what an application says by itself of the device and the system that it runs on."""
    system = os.get("name") if isinstance(os, dict) else None
    known = device if isinstance(device, dict) else {}
    model = f"{known.get('model', '')} {known.get('type', '')}".lower()
    kind = "tablet" if any(mark in model for mark in _TABLETS) else "mobile"
    return Device(kind if known else "", system if isinstance(system, str) else "", "")


def _kind(agent: str) -> str:
    # An Android tablet says what it is by leaving out that it is mobile.
    if any(mark in agent for mark in _TABLETS) or ("android" in agent and "mobi" not in agent):
        return "tablet"
    return "mobile" if any(mark in agent for mark in _PHONES) else "desktop"


def _first(marks: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in marks if mark in agent), "")
