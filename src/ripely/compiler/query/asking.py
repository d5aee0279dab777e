"""One question about contacts in the making: what it needs of people, of their clocks and of events."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from ripely.compiler.kernel import Predicate
from ripely.compiler.query.build import Sql, among, case, column, number, text
from ripely.compiler.query.scan import Scan
from ripely.compiler.query.speech import Speech
from ripely.compiler.query.texts import Texts
from ripely.compiler.series import Tracked
from ripely.engine.calendar import zone_named, zone_names
from ripely.model.company import Company
from ripely.model.ids import PredicateId, SeriesId

TIMEZONE = "timezone"


class Asking:
    """Collects which columns of people are asked for, and what each zone and each event must be asked."""

    def __init__(self, speech: Speech, company: Company, at_s: int) -> None:
        self.speech = speech
        self.company = company
        self.at_s = at_s
        self.past = False
        self.default = ZoneInfo(company.timezone or "UTC")
        self.upto = 0  # A log position: what was folded later is left out; 0: nothing is.
        self.scan = Scan(speech, company.section_depth)
        self.predicates: Mapping[PredicateId, Predicate] = {}
        self.series: Mapping[SeriesId, Tracked] = {}
        self.columns: set[str] = {"contact", "merged_into"}
        self.by_zone: dict[str, Sql] = {}

    def person(self, name: str) -> Sql:
        """Return what is known of a contact."""
        self.columns.add(name)
        return column(name, "p")

    def attribute(self, name: str) -> Texts:
        return Texts(self.speech, self.speech.value(self.person("attributes"), name))

    def zoned(self, value: Callable[[ZoneInfo], str | int | bool], table: str = "z") -> Sql:
        """Return what is told by the clock of the contact's zone."""
        self.columns.add("attributes")
        written = _by_zone(value, self.default)
        names = {sql.sql(): name for name, sql in self.by_zone.items()}
        name = names.get(written.sql()) or f"z{len(self.by_zone)}"
        self.by_zone.setdefault(name, written)
        return column(name, table)

    def zone(self) -> Sql:
        """Return the name of the contact's zone."""
        return self.zoned(lambda zone: zone.key)

    def told(self, value: Callable[[ZoneInfo], str]) -> list[str]:
        """Return what all the zones tell, each once."""
        return sorted({value(zone) for zone in (self.default, *_zones())})


def _zones() -> list[ZoneInfo]:
    return [zone for name in sorted(zone_names()) if (zone := zone_named(name)) is not None]


def _by_zone(value: Callable[[ZoneInfo], str | int | bool], default: ZoneInfo) -> Sql:
    otherwise = value(default)
    groups: dict[str | int | bool, list[Sql]] = {}
    for zone in _zones():
        told = value(zone)
        if told != otherwise:
            groups.setdefault(told, []).append(text(zone.key))
    zone_name = column("zone", "d")
    return case(
        [(among(zone_name.copy(), names), _written(told)) for told, names in groups.items()],
        _written(otherwise),
    )


def _written(value: str | int | bool) -> Sql:  # noqa: FBT001 - it is the value itself.
    return text(value) if isinstance(value, str) else number(int(value))
