"""Publishing from a page: the same as from the command line, by whoever is signed in."""

from collections.abc import Callable

from django.contrib import messages
from django.db import connection

from ripely.compiler.ruleset import Published
from ripely.documents.finding import Finding
from ripely.operations.definitions import Plan, apply, diff, in_force
from ripely.operations.reach import ground_of, objections
from ripely.operations.revisions import Revision
from ripely.web.request import Request
from ripely.wiring import rulesets_on


def preview(request: Request, revision: Revision) -> Plan:
    """Return what publishing would change, and what would become of those inside."""
    return diff(revision.files, request.app.rulesets, revision.plans)


def objections_to(request: Request, revision: Revision) -> list[Finding]:
    """Return what speaks against publishing, by whom journeys would write to then."""
    plan, before = preview(request, revision), in_force(request.app.rulesets)
    ground = ground_of(before, plan, request.app.warehouse, request.app.clock.now())
    return objections(plan, before, ground, request.user.email, anyway=revision.plans.anyway)


def publish(request: Request, of: Callable[[Published], Revision], said: str) -> None:
    """Publish a revision of what is in force, and say so, or why not."""
    connection.ensure_connection()
    rulesets = rulesets_on(connection.connection)
    try:
        revision = of(in_force(rulesets))
    except LookupError as missing:
        messages.error(request, str(missing))
        return
    settings, author = request.app.settings, request.user.email
    outcome = apply(revision.files, author, rulesets, settings.timezone, revision.plans)
    if outcome.plan.errors:
        messages.error(request, outcome.plan.errors[0].message)
    else:
        messages.success(request, said)
