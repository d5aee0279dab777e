"""The addresses of all pages, one line a noun."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ripely.web.live.urls")),
    path("", include("ripely.web.accounts.urls")),
    path("contacts/", include("ripely.web.contacts.urls")),
    path("tasks/", include("ripely.web.tasks.urls")),
    path("journeys/", include("ripely.web.journeys.urls")),
    path("backtests/", include("ripely.web.backtests.urls")),
    path("journeys/", include("ripely.web.preview.urls")),
    path("drafts/", include("ripely.web.drafts.urls")),
    path("journeys/", include("ripely.web.worth.urls")),
    path("", include("ripely.web.insights.urls")),
    path("v1/", include("ripely.web.v1.urls")),
    path("library/", include("ripely.web.library.urls")),
    path("", include("ripely.web.catalogue.urls")),
    path("segments/", include("ripely.web.segments.urls")),
    path("audiences/", include("ripely.web.audiences.urls")),
    path("scores/", include("ripely.web.scores.urls")),
    path("definitions/", include("ripely.web.definitions.urls")),
    path("messages/", include("ripely.web.messages.urls")),
    path("mailbox/", include("ripely.web.mailbox.urls")),
    path("settings/", include("ripely.web.workspace.urls")),
    path("system/", include("ripely.web.system.urls")),
]

handler403 = "ripely.web.errors.forbidden"
handler404 = "ripely.web.errors.not_found"
handler500 = "ripely.web.errors.failed"
