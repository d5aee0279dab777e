"""Work for people, calls above all."""

from typing import cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ripely.operations import tasks
from ripely.web import access
from ripely.web.request import Request

REMARK_LENGTH_MAX = 2_000


@require_GET
def index(request: Request) -> HttpResponse:
    access.tasks_read(request)
    desk = tasks.desk(request.app.history, request.names)
    return render(request, "tasks/list.html", {"desk": desk, "now": request.app.clock.now()})


@require_POST
def finish(request: Request, key: str) -> HttpResponse:
    task = access.task_write(request, key)
    outcome = request.POST.get("outcome", "")
    if outcome not in tasks.OUTCOMES:
        return HttpResponseBadRequest("Choose what came of the task.")
    remark = request.POST.get("remark", "").replace("\x00", "").strip()[:REMARK_LENGTH_MAX]
    now = request.app.clock.now()
    by = request.user.email
    tasks.finish(request.app.log, task, cast("tasks.Outcome", outcome), remark, now, by)
    messages.success(request, tasks.OUTCOMES[outcome])
    return redirect("task-list")
