"""Addresses of signing in and out."""

from django.urls import path

from ripely.web.accounts import pages

urlpatterns = [
    path("login/", pages.SignIn.as_view(), name="account-login"),
    path("logout/", pages.SignOut.as_view(), name="account-logout"),
]
