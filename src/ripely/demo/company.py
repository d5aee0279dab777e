"""Who the demo company is: the facts that its shop, its documents and its visitors share."""

from hmac import digest

NAME = "Oakmere Home"
WRITE_KEY = "demo-shop"
"""Stands in every page of the shop, as write keys do: it can send events and nothing else."""
LOGIN = "demo@example.com"
SHOP_IN_DOCUMENTS = b"https://oakmere.example"
"""What the documents call the shop; the demo puts its own address there."""
SEED = "Oakmere"
_PASSWORD_BYTES = 5


def password(secret: str) -> str:
    """Return the password of the demo login: always the same for one installation."""
    return digest(secret.encode(), b"demo login", "sha256")[:_PASSWORD_BYTES].hex()
