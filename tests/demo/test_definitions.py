"""The demo's documents: sound, complete, and compiled without a complaint."""

from importlib.resources import files

from ripely.cli.folder import read_folder
from ripely.documents.decode import decode
from ripely.model.journey import Journey
from ripely.operations.review import review

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
