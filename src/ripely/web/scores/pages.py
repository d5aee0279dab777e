"""Scores: what gives points, and how ripe contacts are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ripely.operations import scores
from ripely.web import access
from ripely.web.request import Request


@require_GET
def index(request: Request) -> HttpResponse:
    access.scores_read(request)
    return render(request, "scores/list.html", {"lines": scores.lines(request.names)})


@require_GET
def show(request: Request, key: str) -> HttpResponse:
    score = access.score_read(request, key)
    return render(request, "scores/show.html", {"detail": scores.detail(score, request.names)})
