"""The letters of a preview: in a frame that may do nothing, and to oneself."""

from django.contrib import messages

from ripely.operations.preview.sending import send_to_oneself
from ripely.web.preview.opened import Opened
from ripely.web.request import Request
from ripely.wiring import mailing, open_channels

# Mail lives by inline style; nothing in it is loaded or run.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


def send_letters(request: Request, found: Opened) -> None:
    """Send the letters to whoever is signed in, and say how that went."""
    settings, to = request.app.settings, request.user.email
    with open_channels(settings) as channels:
        if "email" not in channels:
            messages.error(request, "No mail server is connected: say RIPELY_SMTP_URL.")
            return
        outcomes = send_to_oneself(
            found.walk.letters,
            found.draft.templates,
            to,
            mailing(settings),
            channels["email"],
            request.app.clock.now(),
        )
    lost = [one.reason for one in outcomes if one.outcome != "sent"]
    if lost:
        messages.error(request, f"Not all letters could be sent: {lost[0]}")
    elif outcomes:
        messages.success(request, f"{len(outcomes)} sent to {to}, marked as a test.")
    else:
        messages.error(request, "There is no letter yet that could be sent.")
