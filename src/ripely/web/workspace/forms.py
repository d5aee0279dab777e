"""Forms of the settings."""

import re
from collections.abc import Mapping, Sequence
from typing import cast

from django import forms

from ripely.operations.sources import CONSENTS, KINDS, Consent, Snippet, snippet
from ripely.records.hot.models import WriteKey

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def domain_of(words: str) -> str:
    """Read the domain from whatever was pasted: a name, or a whole address."""
    found = _DOMAIN.search(words.lower().removeprefix("https://").removeprefix("www."))
    return found[0] if found else ""


class KeyForm(forms.Form):
    source = forms.CharField(label="Name", max_length=60)
    kind = forms.ChoiceField(choices=tuple(KINDS.items()))


class SnippetForm:
    """What the tracking code should say: which key, and when a browser may be remembered."""

    consents = CONSENTS

    def __init__(self, query: Mapping[str, str], keys: Sequence[WriteKey]) -> None:
        self.keys = [key for key in keys if key.revoked_at is None and key.kind == "page"]
        usable = {key.key for key in self.keys}
        wanted, consent = query.get("key", ""), query.get("consent", "")
        first = self.keys[0].key if self.keys else ""
        self.key = wanted if wanted in usable else first
        self.domain = domain_of(query.get("domain", ""))
        self.consent = cast("Consent", consent) if consent in CONSENTS else "after"

    def snippet(self, base_url: str) -> Snippet | None:
        if not self.key:
            return None
        return snippet(base_url, self.key, self.consent, self.domain)
