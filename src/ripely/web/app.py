"""The product behind the pages: assembled once for a process, and closed with it."""

import atexit
from contextlib import ExitStack
from functools import cache

from ripely.settings import read_settings
from ripely.wiring import App, assemble


@cache
def app() -> App:
    settings = read_settings()
    open_until_exit = ExitStack()
    atexit.register(open_until_exit.close)
    return open_until_exit.enter_context(assemble(settings, settings.database_url or ""))
