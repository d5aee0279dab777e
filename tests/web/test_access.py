"""Nobody sees anything without signing in, and every view says who may."""

import ast
import inspect
import textwrap

import pytest

from happenings import LOGIN, PASSWORD, person
from ripely.model.ids import contact_code

OPEN = {"account-login", "account-logout"}
FOR_ALL = {"v1-openapi.json", "v1-nothing"}
BY_LINK = {"journey-backtest-shared"}
"""For whoever has a signed link, while it is on."""


def views():
    from django.urls import get_resolver

    def walk(patterns, before=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, before + str(pattern.pattern))
            else:
                yield before + str(pattern.pattern), pattern

    return list(walk(get_resolver().url_patterns))


def calls_access(view) -> bool:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(view)))
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "access"
        and node.attr.endswith(("_read", "_write"))
        for node in ast.walk(ast.parse(source))
    )


def test_every_view_loads_with_a_permission(app):
    # Endpoints for other systems name the keys that they ask for, and cannot be made without.
    careless = [
        p.name
        for _, p in views()
        if p.name not in OPEN and not p.name.startswith("v1-") and not calls_access(p.callback)
    ]
    assert len(views()) > 20
    assert not careless


def test_a_view_is_short(app):
    def lines(view):
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(view)))).body[0]
        return tree.end_lineno - tree.lineno

    assert not [p.name for _, p in views() if p.name not in OPEN and lines(p.callback) > 15]


def test_every_page_sends_strangers_to_the_door(visitor):
    fill = {
        "str:code": contact_code(person("ann")),
        "str:key": "x",
        "int:number": "1",
        "str:form": "md",
    }
    for route, pattern in views():
        if pattern.name in OPEN | BY_LINK | FOR_ALL:
            continue
        address = "/" + route
        for part, value in fill.items():
            address = address.replace(f"<{part}>", value)
        if pattern.name.startswith("v1-"):
            codes = {visitor.get(address).status_code, visitor.post(address).status_code}
            assert 401 in codes <= {401, 405}, address
            continue
        for answer in (visitor.get(address), visitor.post(address)):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/login/"), address


def test_signing_in_leads_to_the_live_page(client, visitor):
    client.logout()
    answer = visitor.post("/login/", {"username": LOGIN.upper(), "password": PASSWORD})
    assert answer["Location"] == "/"
    assert visitor.get("/").status_code == 200


def test_a_guesser_is_slowed_down_even_with_the_right_password(client, visitor):
    client.logout()
    for _ in range(8):
        answer = visitor.post("/login/", {"username": LOGIN, "password": "wrong"})
        assert b"Too many attempts" not in answer.content
    answer = visitor.post("/login/", {"username": LOGIN, "password": PASSWORD})
    assert b"Too many attempts" in answer.content
    assert visitor.get("/").status_code == 302


def test_signing_out_needs_a_post(client):
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("address", ["/system/", "/settings/keys/"])
def test_only_operators_run_the_system(colleague, address):
    refused = colleague.post(address) if address.endswith("keys/") else colleague.get(address)
    assert refused.status_code == 403
    assert b"those who run the system" in refused.content


def test_forged_requests_are_refused(app, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/settings/keys/", {"source": "x", "kind": "server"}).status_code == 403


def test_the_policy_allows_no_inline_script_or_style(client, world):
    world.publish()
    for address in ("/", "/contacts/", "/journeys/welcome/", "/settings/", "/system/"):
        answer = client.get(address)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        page = answer.content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_cookies_are_out_of_reach(visitor, client):
    client.logout()
    visitor.post("/login/", {"username": LOGIN, "password": PASSWORD})
    assert visitor.cookies["ripely_session"]["httponly"]
    assert visitor.cookies["ripely_session"]["samesite"] == "Lax"
