"""The page on which a contact leaves: plain, without script, and nothing happens until the button is pressed."""

# ruff: noqa: RUF001  Ukrainian letters that look like ours are meant
from collections.abc import Mapping
from html import escape

import msgspec


class Words(msgspec.Struct, frozen=True):
    title: str
    ask: str
    button: str
    done_title: str
    done: str
    invalid_title: str
    invalid: str
    failed_title: str
    failed: str


_ENGLISH = Words(
    title="Unsubscribe",
    ask="You will get no more mail of the kind “{purpose}” from us.",
    button="Unsubscribe",
    done_title="You are unsubscribed",
    done="You will get no more mail of the kind “{purpose}”. You can close this page.",
    invalid_title="This link is not complete",
    invalid="Please open it again from the mail.",
    failed_title="That did not work",
    failed="We could not note it just now. Please try again in a minute.",
)
_UKRAINIAN = Words(
    title="Відписатися",
    ask="Ви більше не отримуватимете від нас листів «{purpose}».",
    button="Відписатися",
    done_title="Вас відписано",
    done="Ви більше не отримуватимете листів «{purpose}». Цю сторінку можна закрити.",
    invalid_title="Посилання неповне",
    invalid="Будь ласка, відкрийте його ще раз із листа.",
    failed_title="Не вдалося",
    failed="Зараз ми не змогли це записати. Спробуйте, будь ласка, ще раз за хвилину.",
)
_WORDS: Mapping[str, Words] = {"en": _ENGLISH, "uk": _UKRAINIAN}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>{title}</title><style>
body{{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;color:#1d273b;background:#fff}}
button{{font:inherit;padding:.75rem 1.5rem;border:0;border-radius:.375rem;background:#0054a6;color:#fff;cursor:pointer}}
button:focus-visible{{outline:3px solid #f59f00;outline-offset:2px}}
</style></head><body><main><h1>{title}</h1><p>{text}</p>{form}</main></body></html>
"""
_FORM = '<form method="post"><button type="submit">{button}</button></form>'


class Pages:
    def __init__(self, language: str) -> None:
        self._language = language if language in _WORDS else "en"
        self._words = _WORDS[self._language]

    def ask(self, purpose: str) -> bytes:
        words = self._words
        form = _FORM.format(button=escape(words.button))
        return self._page(words.title, words.ask.format(purpose=purpose), form)

    def done(self, purpose: str) -> bytes:
        return self._page(self._words.done_title, self._words.done.format(purpose=purpose))

    def invalid(self) -> bytes:
        return self._page(self._words.invalid_title, self._words.invalid)

    def failed(self) -> bytes:
        return self._page(self._words.failed_title, self._words.failed)

    def _page(self, title: str, text: str, form: str = "") -> bytes:
        page = _PAGE.format(
            language=self._language, title=escape(title), text=escape(text), form=form
        )
        return page.encode()
