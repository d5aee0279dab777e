"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from ripely.web.accounts.forms import SignInForm


class SignIn(LoginView):
    authentication_form = SignInForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """By POST alone, so that no picture on another site can sign anybody out."""
