"""People of the demo who read their mail: some open it, some of those click, and so come to the shop."""

import re
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from random import Random
from urllib.parse import parse_qs, urlsplit

from ripely.demo.envelope import Collector
from ripely.demo.mailbox import Mail, newest
from ripely.demo.plots import follow_mail
from ripely.demo.population import Person
from ripely.demo.visit import Act
from ripely.ports import Mailbox
from ripely.render.links import CONTACT_PARAMETER

LOOK_SECONDS = 2.0
OPENS = 0.7
CLICKS = 0.6
"""Of those who open."""
_PIXEL = re.compile(r'<img src="([^"]+/o/[^"]+)"')
_CLICK = "/c/"


class MailReaders:
    """Looks into the mailbox now and then; opens and clicks through the same links as anybody."""

    def __init__(
        self, mailbox: Mailbox, people: Iterable[Person], collector: Collector, chance: Random
    ) -> None:
        self._mailbox = mailbox
        self._people: Mapping[str, Person] = {person.email: person for person in people}
        self._collector = collector
        self._chance = chance
        self._look_at = 0.0
        self._read = max((mail.id for mail in mailbox.newest(1)), default=0)
        self._due: list[tuple[float, int, Mail]] = []

    def visits(self, now: float, shop: str) -> Iterator[tuple[Person, list[Act]]]:
        """Read what is due, and yield the visits of those who clicked."""
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._fetch(now)
        while self._due and self._due[0][0] <= now:
            _, _, mail = heappop(self._due)
            person = self._people[mail.recipient]
            token = self._open_and_click(mail, person)
            if token:
                yield person, follow_mail(person, self._chance, shop, token)

    def _fetch(self, now: float) -> None:
        fresh = [mail for mail in newest(self._mailbox) if mail.id > self._read]
        for mail in reversed(fresh):
            self._read = mail.id
            if mail.recipient in self._people and self._chance.random() < OPENS:
                heappush(self._due, (now + self._chance.uniform(5, 60), mail.id, mail))

    def _open_and_click(self, mail: Mail, person: Person) -> str:
        """Return the token with which the click arrives at the shop; nothing if there was none."""
        pixel = _PIXEL.search(mail.html)
        if pixel:
            self._collector.visit(person, _below(pixel[1]))
        links = [link for link in mail.links if _CLICK in link]
        if not links or self._chance.random() > CLICKS:
            return ""
        answer = self._collector.visit(person, _below(links[0]))
        place = answer.headers.get("location", "") if answer else ""
        return parse_qs(urlsplit(place).query).get(CONTACT_PARAMETER, [""])[0]


def _below(url: str) -> str:
    return urlsplit(url).path
