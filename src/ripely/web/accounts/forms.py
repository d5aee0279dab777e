"""The sign-in form, which slows a guesser down."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest

from ripely.operations import signing_in
from ripely.web.app import app


class SignInForm(AuthenticationForm):
    username = forms.EmailField(
        label="Email",
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )

    def clean(self) -> dict[str, object]:
        """Refuse without a look at the password when there were too many attempts."""
        email, network = self.data.get("username", ""), network_of(self.request)
        now = app().clock.now()
        if signing_in.too_many(email, network, now):
            raise forms.ValidationError(
                "Too many attempts. Wait a quarter of an hour, then try again.",
                code="slow_down",
            )
        try:
            return super().clean()
        except forms.ValidationError:
            signing_in.failed(email, network, now)
            raise


def network_of(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR") or "unknown") if request else "unknown"
