"""Tokens: what is signed comes back, and nothing else does."""

from hypothesis import given, strategies as st

from ripely.render.links import (
    Click,
    Open,
    Unsubscribe,
    click_token,
    contact_token,
    derive_keys,
    open_token,
    read_click,
    read_contact,
    read_open,
    read_unsubscribe,
    unsubscribe_token,
)

KEYS = derive_keys("a secret of more than thirty-two letters")
OTHER = derive_keys("another one of more than thirty-two letters")
urls = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).map(
    lambda t: f"https://x.example/{t}"
)


@given(urls)
def test_a_click_comes_back(url):
    click = Click(url, message="m1")
    assert read_click(KEYS, click_token(KEYS, click)) == click
    counted = Click(url, counted="welcome")
    assert read_click(KEYS, click_token(KEYS, counted)) == counted


def test_the_others_come_back():
    leave = Unsubscribe(2**62, "marketing", "m1")
    assert read_unsubscribe(KEYS, unsubscribe_token(KEYS, leave)) == leave
    assert read_open(KEYS, open_token(KEYS, Open(message="m1"))) == Open(message="m1")


def test_a_contact_token_expires():
    token = contact_token(KEYS, 2**62, expires_s=100)
    assert read_contact(KEYS, token, now_s=100) == 2**62
    assert read_contact(KEYS, token, now_s=101) is None


@given(st.integers(0, 1000), st.integers(0, 63))
def test_a_changed_token_is_no_token(at, other):
    token = click_token(KEYS, Click("https://shop.example/", message="m1"))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    at %= len(token) - 1  # the last letter has bits that mean nothing
    changed = token[:at] + alphabet[other] + token[at + 1 :]
    assert (read_click(KEYS, changed) is None) == (changed != token)


@given(st.text(max_size=100))
def test_nothing_is_read_from_anything_else(text):
    assert read_click(KEYS, text) is None
    assert read_open(KEYS, text) is None
    assert read_unsubscribe(KEYS, text) is None
    assert read_contact(KEYS, text, 0) is None


def test_a_token_is_good_for_its_use_and_its_secret_alone():
    click = click_token(KEYS, Click("https://shop.example/", message="m1"))
    assert read_click(OTHER, click) is None
    assert read_open(KEYS, click) is None
    assert read_unsubscribe(KEYS, click) is None
    assert read_contact(KEYS, click, 0) is None
