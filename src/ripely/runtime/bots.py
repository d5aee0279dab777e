"""Machines that say so themselves: by a word in their user agent."""

import re
from functools import lru_cache

_WORDS = (
    "bot", "crawl", "spider", "slurp", "headless", "phantomjs", "preview", "scrap", "fetch", "monitor",
    "lighthouse", "pagespeed", "gtmetrix", "pingdom", "uptime", "archiver", "validator", "scan", "check",
    "proxy", "feed", "facebookexternalhit", "whatsapp", "http://", "https://", "@",
)  # fmt: skip
_BOT = re.compile("|".join(_WORDS))
_PEOPLE = re.compile("cubot|caboto")
CHARACTERS_MAX = 1_000


def is_bot(user_agent: str) -> bool:
    """Whether a user agent names a machine. What hides behind a browser's name is not found here."""
    return _names_bot(user_agent[:CHARACTERS_MAX])


@lru_cache(maxsize=4096)
def _names_bot(user_agent: str) -> bool:
    return _BOT.search(_PEOPLE.sub("", user_agent.lower())) is not None
