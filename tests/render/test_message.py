"""A template and a message become a mail: everything in it is looked at as a mail reader would."""

import email
import re
from datetime import UTC, datetime
from email.policy import default as modern

import msgspec
import pytest
from hypothesis import given, strategies as st

from ripely.model.effect import SendMessage
from ripely.model.template import Template
from ripely.render.headers import Mailing
from ripely.render.letter import Letter, Refused, compile_template
from ripely.render.links import derive_keys, read_click, read_open, read_unsubscribe
from ripely.render.liquid import RenderError
from ripely.render.message import render

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = derive_keys("a secret of more than thirty-two letters")
MAILING = Mailing("https://r.example", "Шоп <hello@shop.example>", KEYS)
ANN = SendMessage(
    id="ab" * 12, contact=123, decided_ms=1_700_000_000_000, journey="welcome", version=1,
    step="hello", channel="email", template="welcome", purpose="marketing",
    recipient="ann@example.com", facts={"name": "Ann & Co", "vip": True}, entry={"items": ["a", "b"]},
)  # fmt: skip


def mjml(inner: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column>{inner}</mj-column></mj-section></mj-body></mjml>"


def letter(inner: str, **parts: str) -> Letter:
    given = {"id": "welcome", "name": "Welcome", "subject": "Hello", **parts}
    compiled = compile_template(Template(body=mjml(inner), **given))
    assert isinstance(compiled, Letter), compiled
    return compiled


def mail_of(made: Letter, message: SendMessage = ANN, tracking: str = "individual"):
    raw = render(made, message, MAILING, AT, tracking)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    mail = email.message_from_bytes(raw, policy=modern)
    assert not mail.defects
    return mail


def html_of(mail) -> str:
    return mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_several_options_stand_with_commas_and_can_be_gone_through():
    told = msgspec.structs.replace(ANN, facts={"likes": ["tea & milk", "bread"]})
    made = letter(
        "<mj-text>You like {{ contact.likes }}: {% for one in contact.likes %}[{{ one }}]{% endfor %}</mj-text>"
    )
    mail = mail_of(made, told)
    assert "You like tea &amp; milk, bread: [tea &amp; milk][bread]" in html_of(mail)
    assert "You like tea & milk, bread: [tea & milk][bread]" in text_of(mail)


def test_headers_say_who_and_how_to_leave():
    mail = mail_of(letter("<mj-text>Hi</mj-text>"))
    assert mail["From"] == "Шоп <hello@shop.example>"
    assert mail["To"] == "ann@example.com"
    assert mail["Message-ID"] == f"<{ANN.id}@shop.example>"
    assert mail["Date"].datetime == AT
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    https, mailto = re.findall(r"<([^>]+)>", mail["List-Unsubscribe"])
    leave = read_unsubscribe(KEYS, https.removeprefix("https://r.example/u/"))
    assert leave is not None
    assert (leave.contact, leave.purpose, leave.message) == (123, "marketing", ANN.id)
    assert mailto.startswith("mailto:hello@shop.example?subject=unsubscribe%20")
    assert mail["List-Id"] == "<marketing.shop.example>"
    assert mail["Feedback-ID"] == "welcome:welcome:marketing:ripely"


def test_a_transactional_mail_is_no_list_mail():
    mail = mail_of(
        letter("<mj-text>Hi</mj-text>"), msgspec.structs.replace(ANN, purpose="transactional")
    )
    assert "List-Unsubscribe" not in mail


def test_values_are_escaped_in_html_and_plain_in_text_and_subject():
    mail = mail_of(
        letter("<mj-text>Hi {{ contact.name }}!</mj-text>", subject="For {{ contact.name }}")
    )
    assert "Hi Ann &amp; Co!" in html_of(mail)
    assert "Hi Ann & Co!" in text_of(mail)
    assert mail["Subject"] == "For Ann & Co"


@pytest.mark.parametrize(
    "name", ["Eve\r\nBcc: all@x.example", "Eve\n\nbody", "Eve\u2028X: y", "\x00\x1b"]
)
def test_no_header_can_be_smuggled_in(name):
    eve = msgspec.structs.replace(ANN, facts={"name": name})
    mail = mail_of(letter("<mj-text>Hi</mj-text>", subject="{{ contact.name }}"), eve)
    assert "Bcc" not in mail
    assert "X" not in mail


@given(st.text(max_size=300))
def test_any_subject_survives_but_for_whitespace_and_controls(name):
    made = SUBJECT_LETTER
    mail = mail_of(made, msgspec.structs.replace(ANN, facts={"name": name}))
    wanted = " ".join(
        re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", name).split()
    )
    assert str(mail["Subject"]) == wanted


@given(st.text(max_size=400))
def test_any_value_survives_in_the_text(name):
    text = text_of(mail_of(SUBJECT_LETTER, msgspec.structs.replace(ANN, facts={"name": name})))
    lines = name.replace("\r\n", "\n").replace("\r", "\n").encode(errors="replace").decode()
    assert f"[{lines}]" in text


def test_every_web_link_is_signed_in_html_and_text():
    made = letter(
        '<mj-text><a href="https://shop.example/?a=1&amp;b={{ contact.name | url_encode }}">shop</a>'
        '<a href="mailto:us@shop.example">mail</a></mj-text>'
        '<mj-button href="https://shop.example/cart">Cart</mj-button>'
    )
    mail = mail_of(made)
    tokens = re.findall(r'href="https://r.example/c/([^"]+)"', html_of(mail))
    clicks = [read_click(KEYS, token) for token in tokens]
    assert [click.url for click in clicks if click] == [
        "https://shop.example/?a=1&b=Ann+%26+Co", "https://shop.example/cart",
    ]  # fmt: skip
    assert {click.message for click in clicks if click} == {ANN.id}
    assert 'href="mailto:us@shop.example"' in html_of(mail)
    assert set(re.findall(r"\(https://r.example/c/([^)]+)\)", text_of(mail))) == set(tokens)


def test_links_that_must_not_be_followed_are_left_alone():
    made = letter(
        '<mj-text><a data-ripely-track="off" href="https://bank.example/{{ contact.vip }}">pay</a>'
        '<a href="{{ unsubscribe_url }}">leave</a></mj-text>'
        '<mj-button data-ripely-track="off" href="https://shop.example/x">Go</mj-button>'
    )
    html = html_of(mail_of(made))
    assert 'href="https://bank.example/true"' in html
    assert 'href="https://shop.example/x"' in html
    assert 'href="https://r.example/u/' in html
    assert "/c/" not in html
    assert "ripely-" not in html


def test_a_contact_who_is_not_followed_gets_plain_links_and_no_pixel():
    made = letter('<mj-button href="https://shop.example/">Go</mj-button>')
    html = html_of(mail_of(made, tracking="none"))
    assert 'href="https://shop.example/"' in html
    assert "/o/" not in html


def test_a_contact_who_is_only_counted_is_not_named_in_a_link():
    html = html_of(
        mail_of(
            letter('<mj-button href="https://shop.example/">Go</mj-button>'),
            tracking="aggregate",
        )
    )
    (click,) = [read_click(KEYS, token) for token in re.findall(r"/c/([\w-]+)", html)]
    (opened,) = [read_open(KEYS, token) for token in re.findall(r"/o/([\w-]+)\.gif", html)]
    assert click is not None
    assert opened is not None
    assert (click.message, click.counted) == (None, "welcome")
    assert (opened.message, opened.counted) == (None, "welcome")


def test_liquid_between_sections_and_in_attributes():
    body = (
        "<mjml><mj-body>{% if contact.vip %}<mj-section><mj-column>"
        "{% for item in event.items %}<mj-text>Item {{ item }}</mj-text>{% endfor %}"
        '<mj-image src="https://cdn.example/{{ contact.name | url_encode }}.png" />'
        "</mj-column></mj-section>{% else %}<mj-section><mj-column><mj-text>plain</mj-text></mj-column>"
        "</mj-section>{% endif %}</mj-body></mjml>"
    )
    made = compile_template(Template(id="t", name="T", subject="s", body=body))
    assert isinstance(made, Letter), made
    html, text = html_of(mail_of(made)), text_of(mail_of(made))
    assert "Item a" in html
    assert "Item b" in html
    assert "plain" not in html
    assert "Ann+%26+Co.png" in html
    assert text.split() == ["Item", "a", "Item", "b"]


def test_combining_marks_and_backslashes_survive_in_attributes():
    made = letter('<mj-image alt="ґє\u0301їж \\ x" src="https://cdn.example/a.png" />')
    assert 'alt="ґє\u0301їж \\ x"' in html_of(mail_of(made))


def test_slots_give_what_the_whole_template_gives():
    inner = (
        "<mj-text>{% assign n = 3 %}{{ contact.name | upcase }} = 100 % . {{ n }}\n.dot\n"
        "{% if contact.vip %}Спасибі{% endif %}{{ contact.missing | default: 'нема' }} тут</mj-text>"
    )
    made = letter(inner)
    html = html_of(mail_of(made, tracking="none"))
    whole = made.html._template.render(
        contact=ANN.facts, event=ANN.entry, message={}, unsubscribe_url="", ripely_pixel=""
    )
    assert html == whole + "\n"


def test_nothing_is_loaded_from_strangers():
    assert "fonts.googleapis.com" not in html_of(mail_of(letter("<mj-text>Hi</mj-text>")))


def test_the_preheader_is_hidden_and_not_in_the_text():
    mail = mail_of(letter("<mj-text>Hi</mj-text>", preheader="For {{ contact.name }}"))
    assert "For Ann &amp; Co" in html_of(mail)
    assert "For" not in text_of(mail)


def test_a_text_of_ones_own_keeps_its_words_and_its_links_are_signed():
    text = text_of(
        mail_of(
            letter(
                "<mj-text>x</mj-text>",
                text="See https://shop.example/a. Bye {{ contact.name }}",
            )
        )
    )
    assert re.fullmatch(r"See https://r\.example/c/[\w-]+\. Bye Ann & Co\s*", text)


PROBLEMS = [
    ("<mj-text>\n\n{{ contact.name | shout }}</mj-text>", "unknown_filter", "line 3"),
    ("<mj-text>\n{{ customer.name }}</mj-text>", "unknown_variable", "line 2"),
    ("<mj-text>\n{% if %}</mj-text>", "template_syntax", "line 2"),
    ("<mj-text>\n{% include 'x' %}</mj-text>", "template_syntax", "line 2"),
    ("<mj-text>{% break %}</mj-text>", "template_syntax", "line 1"),
    ("\n<mj-txt>x</mj-txt>", "mjml_unknown", "line 2"),
    ("\n\nhello", "mjml_text", "line 3"),
    ("<mj-text>x", "mjml_mismatch", "line 1"),
]


@pytest.mark.parametrize(("inner", "code", "where"), PROBLEMS)
def test_problems_say_what_and_where(inner, code, where):
    refused = compile_template(Template(id="t", name="T", subject="s", body=mjml(inner)))
    assert isinstance(refused, Refused)
    assert (code, True) in [(p.code, p.message.startswith(where)) for p in refused.problems]


def test_all_problems_come_at_once():
    refused = compile_template(
        Template(id="t", name="T", subject="{{ a }}", body=mjml("{{ b }}"), sender="x")
    )
    assert isinstance(refused, Refused)
    assert {p.path for p in refused.problems} == {"$.subject", "$.body", "$.sender"}


SUBJECT_LETTER = letter(
    "<mj-text>Hi</mj-text>", subject="{{ contact.name }}", text="[{{ contact.name }}]"
)


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ event.list | sum }}",
        "{{ event.list | sort }}",
        "{% if event.fact contains event.list %}x{% endif %}",
        "{{ event.huge | times: event.huge | round }}",
        "{{ event.list | date: '%d' }}",
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{{ (1..1000000000) | join: ',' }}",
        "{% assign all = (1..1000000000) | reverse %}",
        "{% assign x = 9 %}{% for i in (1..64) %}{% assign x = x | times: x %}{% endfor %}",
        "{% assign s = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..64) %}{% assign s = s | append: s %}{% endfor %}",
        "{{ event.text | replace: 'a', event.text | replace: 'a', event.text }}",
    ],
)
def test_a_mail_that_cannot_be_made_fails_alone_and_soon(hostile):
    made = letter(f"<mj-text>{hostile}</mj-text>")
    entry = {"list": [1, "a", {}, [1]], "fact": {"a": 1}, "huge": 1e308, "text": "a" * 2_000}
    with pytest.raises(RenderError):
        render(made, msgspec.structs.replace(ANN, entry=entry), MAILING, AT, "none")


def test_a_template_reaches_nothing_behind_its_values():
    inner = "{{ event.__class__ }}{{ contact['__init__'].__globals__ }}{{ message.keys }}"
    assert not text_of(mail_of(letter(f"<mj-text>{inner}</mj-text>"))).strip()


@pytest.mark.parametrize(
    ("written", "followed"),
    [
        ("https://shop.example", True),
        ("{% if true %}https://shop.example{% endif %}", False),
        ("https://shop.example/?q={{ event.url }}", True),
        ("{{ event.url }}", False),
        ("https://{{ event.url }}/", False),
        ("https://shop.example{{ event.url }}", False),
        ("https://shop.example/" + "x" * 3_000, False),
    ],
)
def test_our_name_stands_for_no_address_that_a_visitor_chose(written, followed):
    made = letter(f'<mj-text><a href="{written}">x</a></mj-text>')
    mail = mail_of(made, msgspec.structs.replace(ANN, entry={"url": "https://evil.example/"}))
    assert ("https://r.example/c/" in html_of(mail)) == followed
    assert ("https://r.example/c/" in text_of(mail)) == followed
