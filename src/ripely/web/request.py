"""What a view receives: Django's request, and the product."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ripely.operations.publishing.published import InForce
from ripely.operations.wording.names import Names
from ripely.records.accounts.models import User
from ripely.wiring import App


class Request(HttpRequest):
    """The request of somebody who is signed in; `in_force` is read when first asked for."""

    user: User
    app: App
    htmx: HtmxDetails
    in_force: InForce
    names: Names
