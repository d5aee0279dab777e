"""A call of another system, signed as Standard Webhooks: its id, its moment and its body."""

from base64 import b64encode
from datetime import datetime
from hmac import digest

import msgspec

from ripely.model.effect import CallWebhook
from ripely.model.ids import contact_code


def webhook_key(secret: str) -> bytes:
    return digest(secret.encode(), b"ripely webhook 1", "sha256")


def shown_key(key: bytes) -> str:
    """Write the key as receivers enter it."""
    return f"whsec_{b64encode(key).decode()}"


def signed_request(
    key: bytes, effect: CallWebhook, now: datetime
) -> tuple[dict[str, str], bytes]:
    """Return headers and body. The id stays the same over attempts, so that a receiver sees a repeat."""
    body = msgspec.json.encode(
        {
            "type": "journey.webhook",
            "timestamp": now.isoformat(),
            "data": {
                "contact": contact_code(effect.contact),
                "journey": effect.journey,
                "step": effect.step,
                "event": effect.entry,
            },
        }
    )
    moment = str(int(now.timestamp()))
    return {
        "content-type": "application/json",
        "user-agent": "Ripely-Webhooks/1",
        "webhook-id": effect.id,
        "webhook-timestamp": moment,
        "webhook-signature": signature(key, effect.id, moment, body),
    }, body


def signature(key: bytes, call: str, moment: str, body: bytes) -> str:
    mac = digest(key, f"{call}.{moment}.".encode() + body, "sha256")
    return f"v1,{b64encode(mac).decode()}"
