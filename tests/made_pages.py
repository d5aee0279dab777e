"""The pages of the documentation that are made from the product. `python tests/made_pages.py` writes them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from ripely.model.catalog import CATALOG, SUBJECTS, property_type
from ripely.model.catalog.standard import Standard
from ripely.operations.library import Automation, automations, events_of, facts_of
from ripely.operations.triggers import Choice, choices

DOCS = Path(__file__).parent.parent / "docs"


def events() -> str:
    told = "\n\n".join(f"## {s}\n\n{_table(those)}" for s, those in SUBJECTS.items())
    return f"""# Standard events

The {len(CATALOG)} names that rules can rely on. A Segment `track` call by one of the names in the second column means the event in the
first; any other name is allowed too, and stays as it is. In the last column, *Ripely*: only Ripely itself says it; *inner*:
it keeps the product going, and starts no journey; *server*: a [write key](collect.md) of a page may not say it. Programs read the same list at `GET /v1/events`, people on the page *Events*.

{told}

An *act* is something the contact did; acts make visits. Names that are not listed count as acts.
"""


def triggers() -> str:
    found: dict[str, list[Choice]] = {}
    for one in choices():
        found.setdefault(one.category, []).append(one)
    told = "\n\n".join(_category(name, those) for name, those in found.items())
    return f"""# Triggers

All {len(choices())} ways for a contact to come into a journey, each with an example that can be copied into `triggers` of a
[journey](definitions.md). A journey has one trigger or several; any of them is enough. Each example is played in the
tests with a story that lets a contact in once, and one that comes near and does not. The page *Triggers* of the product
lists them with a search, `GET /v1/triggers` for programs.

## Asking for a journey

A journey with `{{"on": "request"}}` begins when somebody asks for it:

| who | how |
|---|---|
| a colleague | *Start a journey* on the page of a contact |
| an operator | `ripely start JOURNEY --contact ann@example.org` |
| another system | `POST /v1/journeys/JOURNEY/start` with the [write key](collect.md) of a server and `{{"contact": {{"email": "ann@example.org"}}, "data": {{"order_id": "7"}}, "id": "7f0c"}}`; `id` makes a repeat count once |
| another journey | the step `start_journey` |

The data can be used in the journey as properties of the event it was entered by. A contact is named by `email`, `phone`,
`user_id` or `anonymous_id`, and is known from then on when nobody was known by it.

Another system can also say what has happened: `POST /hooks/NAME?key=SERVER_KEY` takes any JSON object that says whose it is by
`email`, `phone` or `user_id`, in itself or in its `contact`. It becomes the event `webhook.received` with the `name` and all that was told. A
`webhook-id` or `idempotency-key` header makes a repeat count once.

{told}
"""


def library() -> str:
    groups: dict[str, list[Automation]] = {}
    for one in automations():
        groups.setdefault(one.group, []).append(one)
    told = "\n\n".join(_shelf(name, those) for name, those in groups.items())
    return f"""# The library

{len(automations())} ready-made automations. On the page *Library* each is drawn, with the documents it is made of and what your site or system must tell; *Use it* puts it
in force. On the command line:

    ripely library list             # all of them
    ripely library show win-back    # the documents of one, to keep and to change in files of your own
    ripely library apply win-back   # put it in force; several at once too

They begin at once for whoever triggers them from then on. Read their messages first and make them yours: addresses at `example.com` stand for pages of your
own, and the team `sales` for your people. What is in force already under the same id stays as it is, and is used: your own letter `newsletter`, say. `--again`
puts back what you have changed. Each is played with [stories](../tests/scenarios/library) in the tests.

{told}
"""


def _shelf(name: str, those: list[Automation]) -> str:
    lines = "\n".join(
        f"| `{a.id}` | {a.name} | {a.about} | {', '.join(a.audience)} | {_told(a)} |"
        for a in those
    )
    head = "| id | | what it does | for | what it must be told |\n|---|---|---|---|---|"
    return f"## {name}\n\n{head}\n{lines}"


def _told(one: Automation) -> str:
    facts = [f"attribute `{name}`" for name in facts_of(one)]
    return ", ".join([*(f"`{name}`" for name, _ in events_of(one)), *facts])


def _table(those: tuple[Standard, ...]) -> str:
    head = "| event | said as | what it is | properties | |\n|---|---|---|---|---|\n"
    return head + "\n".join(map(_line, those))


def _line(one: Standard) -> str:
    facts = ", ".join(f"`{n}` ({property_type(v)})" for n, v in one.properties.items())
    kinds = {
        "inner": one.inner,
        "Ripely": one.reserved,
        "act": one.act,
        "server": one.servers_only,
    }
    kind = next((kind for kind, holds in kinds.items() if holds), "")
    return f"| `{one.name}` | {', '.join(one.spoken)} | {one.about} | {facts} | {kind} |"


def _category(name: str, those: list[Choice]) -> str:
    lines = "\n".join(
        f"| {one.name} | {one.about} | `{_written(one.trigger)}` |" for one in those
    )
    return f"## {name}\n\n| trigger | | example |\n|---|---|---|\n{lines}"


def _written(trigger: Mapping[str, object]) -> str:
    return json.dumps(trigger, ensure_ascii=False).replace("|", "\\|")


MADE: Mapping[str, Callable[[], str]] = {
    "events.md": events,
    "library.md": library,
    "triggers.md": triggers,
}

if __name__ == "__main__":
    for name, make in MADE.items():
        (DOCS / name).write_text(make())
