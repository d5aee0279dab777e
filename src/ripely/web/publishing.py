"""Publishing from a page: the same as from the command line, by whoever is signed in."""

from collections.abc import Callable

from django.contrib import messages
from django.db import connection

from ripely.compiler.ruleset import Published
from ripely.operations.audience.reach import ground_of, objections
from ripely.operations.publishing.definitions import Plan, apply, diff, in_force
from ripely.operations.publishing.revisions import Revision
from ripely.web.request import Request
from ripely.wiring import rulesets_on


def preview(request: Request, revision: Revision) -> Plan:
    """Return what publishing would change, and what would become of those inside."""
    return diff(revision.files, request.app.rulesets, revision.plans)


def publish(request: Request, of: Callable[[Published], Revision], said: str) -> bool:
    """Publish a revision of what is in force, unless something speaks against it; say which, and tell whether it is."""
    connection.ensure_connection()
    rulesets = rulesets_on(connection.connection)
    before = in_force(rulesets)
    try:
        revision = of(before)
    except LookupError as missing:
        messages.error(request, str(missing))
        return False
    author, zone = request.user.email, request.app.settings.timezone
    plan = diff(revision.files, rulesets, revision.plans)
    ground = ground_of(before, plan, request.app.warehouse, request.app.clock.now())
    found, plans = objections(plan, before, ground, author, revision.plans)
    if all(finding.warning for finding in found):
        outcome = apply(revision.files, author, rulesets, zone, plans)
        found = [*found, *outcome.plan.errors[:1]]
    for finding in found:
        say = messages.warning if finding.warning else messages.error
        say(request, finding.message)
    published = all(finding.warning for finding in found)
    if published:
        messages.success(request, said)
    return published
