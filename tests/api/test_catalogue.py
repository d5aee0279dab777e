"""The catalogues for programs."""

import asyncio
import json

import pytest

from ripely.api.catalogue import answer_catalogue
from ripely.model.catalog import CATALOG
from ripely.operations.triggers import choices


def asked(path: str, method: str = "GET"):
    sent = []

    async def send(message) -> None:
        sent.append(message)

    asyncio.run(answer_catalogue({"method": method, "path": path}, send))
    return sent[0]["status"], sent[1]["body"]


def test_events_are_told_with_typed_properties_and_an_example() -> None:
    status, body = asked("/v1/events")
    told = {event["name"]: event for event in json.loads(body)["events"]}
    assert status == 200
    assert set(told) == {event.name for event in CATALOG if not event.inner}
    watched = told["webinar.watched"]
    assert watched["sentence"] == "Was in a webinar at this minute of it."
    assert watched["properties"] == {"webinar": "text", "minute": "number"}
    assert watched["example"] == {"webinar": "spring", "minute": 10}


def test_triggers_are_told_with_documents() -> None:
    told = json.loads(asked("/v1/triggers")[1])["triggers"]
    assert len(told) == len(choices())
    assert {"on": "inactivity", "for": "30d"} in [one["trigger"] for one in told]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/triggers"])
def test_they_are_only_read(path) -> None:
    assert asked(path, "POST")[0] == 405
