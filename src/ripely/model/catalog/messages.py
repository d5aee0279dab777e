"""What becomes of messages, channel by channel, and what contacts write to us."""

from collections.abc import Iterator, Mapping

from ripely.model.catalog.standard import Standard

_RECEIPT = {"message": "0f3a", "journey": "welcome", "step": "hello", "template": "hello"}
_LINK = {"url": "https://shop.example"}
_PURPOSE = {"purpose": "marketing"}
_REFUSAL = {**_PURPOSE, "reason": "no such address"}

# Of each outcome: what it is, about a message of a channel, and what it carries beside.
_OUTCOMES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "sent": ("{} was handed over.", _PURPOSE),
    "delivered": ("{} arrived.", {}),
    "opened": ("Opened {}.", {}),
    "clicked": ("Clicked a link in {}.", _LINK),
    "closed": ("Closed {} without a click.", {}),
    "answered": ("Answered {} and heard it.", {"seconds": 20}),
    "replied": ("Replied to {}.", {"text": "Yes, please"}),
    "bounced": ("{} came back.", _REFUSAL),
    "complained": ("Called {} unwanted.", {}),
    "unsubscribed": ("Unsubscribed by {}.", _PURPOSE),
    "refused": ("{} was refused on its way.", _REFUSAL),
    "held": ("{} was decided on but not sent.", {**_PURPOSE, "reason": "no consent"}),
    "failed": ("{} could not be handed over, however often it was tried.", {**_PURPOSE, "reason": "timed out"}),
    "unknown": ("The answer to {} was lost; it may have arrived.", {**_PURPOSE, "reason": "connection lost"}),
}  # fmt: skip
_EVERY = ("held", "failed")
# Of each channel: what a message of it is called, and what can become of it.
_CHANNELS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "email": ("a mail", (
        "sent", "delivered", "opened", "clicked", "replied", "unsubscribed", "bounced", "complained", "refused",
        *_EVERY, "unknown",
    )),
    "sms": ("a text message", ("sent", "delivered", "clicked", "replied", "unsubscribed", "bounced", *_EVERY)),
    "push": ("a push message", ("sent", "delivered", "opened", "clicked", "unsubscribed", "bounced", *_EVERY)),
    "web_push": ("a browser message", ("sent", "delivered", "clicked", "unsubscribed", "bounced", *_EVERY)),
    "messenger": ("a messenger message", (
        "sent", "delivered", "opened", "clicked", "replied", "unsubscribed", "bounced", *_EVERY,
    )),
    "chat": ("a chat message", ("sent", "delivered", "opened", "clicked", "replied", "held", "failed")),
    "in_app": ("a message inside the application", ("sent", "opened", "clicked", "closed", "held")),
    "voice": ("a recorded call", ("sent", "answered", "replied", "unsubscribed", "bounced", *_EVERY)),
}  # fmt: skip


def _receipts() -> Iterator[Standard]:
    for channel, (called, outcomes) in _CHANNELS.items():
        for outcome in outcomes:
            about, beside = _OUTCOMES[outcome]
            sentence = about.format(called)
            told = sentence[0].upper() + sentence[1:]
            yield Standard(
                f"{channel}.{outcome}", told, {**_RECEIPT, **beside}, act=False, reserved=True
            )


MESSAGES = (
    *_receipts(),
    Standard("email.received", "Wrote a mail to us.", {"from": "ann@example.org", "to": "shop@example.org", "subject": "A question", "text": "Do you deliver?"}, act=False, reserved=True),
    Standard("sms.received", "Wrote a text message to us.", {"from": "+380441234567", "text": "Do you deliver?"}, act=False, reserved=True),
    Standard("messenger.received", "Wrote to us in a messenger.", {"messenger": "telegram", "text": "Do you deliver?"}, act=False, reserved=True),
    Standard("messenger.joined", "Began to follow us in a messenger.", {"messenger": "telegram", "start": "spring"}, act=False, reserved=True),
    Standard("messenger.left", "Blocked us in a messenger.", {"messenger": "telegram"}, act=False, reserved=True),
    Standard("push.allowed", "Allowed push messages.", {"os": "Android"}, ("Push Allowed",), act=False, browser=True),
    Standard("web_push.allowed", "Allowed messages of the browser.", {"browser": "Firefox"}, ("Web Push Allowed",), act=False, browser=True),
    Standard("notice.sent", "A colleague was told.", {"to": "bob", "text": "Ann looks at the offer"}, act=False, reserved=True),
    Standard("notice.refused", "A colleague could not be told.", {"to": "bob", "reason": "no such mailbox"}, act=False, reserved=True),
)  # fmt: skip
