"""What can be chosen when an earlier version comes back."""

from collections.abc import Mapping

from django.http import QueryDict

from ripely.compiler.ruleset import Published
from ripely.operations.publishing.people import FINISH, LEAVE
from ripely.operations.publishing.revisions import Revision, rolled_back
from ripely.records.definitions.models import Version

PLANS: Mapping[str, str] = {
    "move": "They go on in this version, at the step of the same name or the one they were moved from",
    "finish": "They finish the version they are in",
    "leave": "They leave the journey",
}


class RollbackForm:
    plans = PLANS

    def __init__(self, said: QueryDict, version: Version) -> None:
        self.version = version
        plan = said.get("people", "")
        self.plan = plan if plan in PLANS else "move"
        self.against, self.anyway = "against" in said, "anyway" in said

    def revision(self, current: Published) -> Revision:
        chosen = {"finish": FINISH, "leave": LEAVE}.get(self.plan)
        version = self.version
        found = rolled_back(current, version.kind, version.document, version.number, chosen)
        return found.anyway() if self.anyway else found
