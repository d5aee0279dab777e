"""The mailbox of the demo. A mail is a stranger's page: it is shown in a frame that may do nothing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from ripely.demo import mailbox
from ripely.web import access
from ripely.web.request import Request

MAILS_SHOWN = 60
# Mail lives by inline style, and its pictures by our own address: that is how an opening is seen.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
# A link opens beside the mailbox, not inside the frame.
BASE = '<base target="_blank">'


@require_GET
def index(request: Request) -> HttpResponse:
    access.mailbox_read(request)
    mails = mailbox.newest(request.app.mailbox, MAILS_SHOWN)
    template = "mailbox/list.html#inbox" if request.htmx else "mailbox/list.html"
    return render(request, template, {"mails": mails})


@require_GET
def show(request: Request, number: int) -> HttpResponse:
    mail = access.mail_read(request, number)
    mails = mailbox.newest(request.app.mailbox, MAILS_SHOWN)
    return render(request, "mailbox/list.html", {"mails": mails, "mail": mail})


@require_GET
@xframe_options_sameorigin
def body(request: Request, number: int) -> HttpResponse:
    mail = access.mail_read(request, number)
    return HttpResponse(BASE + mail.html, headers={"Content-Security-Policy": POLICY})
