"""Why, about one contact: this segment, this score, this place in a journey, this message; and what comes next."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from ripely.api.described import Contact
from ripely.model.ids import ContactId
from ripely.operations.explaining import asked, one_contact
from ripely.operations.explaining.membership import Row
from ripely.operations.explaining.one_contact import About, Sum
from ripely.operations.explaining.upcoming import Next
from ripely.web.request import Request
from ripely.web.v1 import saying
from ripely.web.v1.endpoint import READER, get
from ripely.web.v1.telling import Happened, happened

_NAME = msgspec.Meta(max_length=128)


class WhyAsked(msgspec.Struct, frozen=True):
    segment: Annotated[str, _NAME] | None = None
    score: Annotated[str, _NAME] | None = None
    journey: Annotated[str, _NAME] | None = None
    message: Annotated[str, _NAME] | None = None


class Answer(msgspec.Struct, frozen=True):
    """An answer in one sentence. `rows` are conditions, each answered now; `moments` what was decided, latest first.

    `begins` is what would begin a journey that the contact is not in, `sums` where the points of a
    score come from, `next` what comes next of this.
    """

    about: About
    id: str
    name: str
    answer: str
    rows: Sequence[Row]
    moments: Sequence[Happened]
    next: Sequence[Next]
    begins: Sequence[str]
    sums: Sequence[Sum]


class Why(msgspec.Struct, frozen=True):
    """An answer to each question, and all that comes next."""

    contact: ContactId
    answers: Sequence[Answer]
    next: Sequence[Next]


@get("contacts/{contact}/why", READER)
def why(request: Request, contact: Contact, *, query: WhyAsked) -> Why:
    """Say why a contact is in a segment or not, has a score, is where it is in a journey, got a message or none.

    All questions of one request are answered at once; what comes next is always told.
    """
    profile, app = saying.profile_of(request, contact), request.app
    subject = asked.subject(profile, app.history, request.in_force, app.clock.now())
    answers = [
        _answer(one_contact.tell(subject, about, key), about, key)
        for about in one_contact.ABOUT
        if (key := getattr(query, about)) is not None
    ]
    return Why(profile.contact, answers, one_contact.next_of(subject))


def _answer(told: one_contact.Told, about: About, key: str) -> Answer:
    return Answer(
        about=about,
        id=key,
        name=told.name,
        answer=told.answer,
        rows=told.rows,
        moments=[happened(one) for one in told.moments],
        next=told.next,
        begins=told.begins,
        sums=told.sums,
    )
