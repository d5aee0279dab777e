"""The demo's documents: sound, complete, and compiled without a complaint."""

from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from ripely.cli.folder import read_folder
from ripely.documents.decode import decode
from ripely.engine.calendar import is_open
from ripely.model.company import Team
from ripely.model.journey import Journey
from ripely.operations.publishing.review import review

FILES = read_folder(files("ripely.demo").joinpath("definitions"))


def test_the_documents_have_no_problem():
    documents, findings = review(FILES)
    assert findings == []
    assert len(documents) > 30


def test_every_template_is_sent_by_a_journey():
    definitions = [
        d.definition
        for name in FILES
        if name.endswith(".yaml")
        for d in decode(name, FILES[name], FILES)
    ]
    journeys = [d for d in definitions if isinstance(d, Journey)]
    sent = {
        step.template
        for journey in journeys
        for step in journey.steps.values()
        if hasattr(step, "template")
    }
    assert sent == {
        d.id for d in definitions if not isinstance(d, Journey) and hasattr(d, "subject")
    }


def test_somebody_takes_calls_on_a_sunday_night():
    definitions = [d.definition for d in decode("company.yaml", FILES["company.yaml"], FILES)]
    [team] = [d for d in definitions if isinstance(d, Team)]
    for at in (datetime(2030, 1, 6, 0, tzinfo=UTC), datetime(2030, 1, 6, 23, 59, tzinfo=UTC)):
        assert is_open(int(at.timestamp()), ZoneInfo("UTC"), team.members[0].hours, ())
