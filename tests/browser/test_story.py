"""The newcomer's story: from a first anonymous page to the call task, through the whole product as it is run.

The visitor uses the demo shop, the colleague uses the pages; nothing is looked up behind their backs.
"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME, EMAIL, PHONE = "Nora Newcomer", "nora@example.com", "+44 20 7946 0123"
# A browser without a window says so, and would be taken for the machine that it is.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
PATIENCE_MS = 15_000
STOP_SECONDS_MAX = 30
expect.set_options(timeout=PATIENCE_MS)


class Product(msgspec.Struct, frozen=True):
    """A demo that runs: where it is, and how to sign in."""

    url: str
    login: str
    password: str


@pytest.fixture(scope="module")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    environ = {
        **os.environ,
        "RIPELY_DATA": str(tmp_path_factory.mktemp("demo")),
        "RIPELY_PORT": free_port(),
    }
    command = [sys.executable, "-u", "-m", "ripely.cli.main", "demo"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        said: list[str] = []
        try:
            yield read_welcome(process, said)
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=STOP_SECONDS_MAX)[1]
    assert process.returncode == 0, "".join(said) + rest


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as plug:
        return str(plug.getsockname()[1])


def read_welcome(process: subprocess.Popen[str], said: list[str]) -> Product:
    """Read what the product says until it has said how to sign in."""
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        found = re.search(r"the product +(\S+)/ .*sign in as (\S+), password (\S+)", line)
        if found:
            return Product(*found.groups())
    raise AssertionError("".join(said))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(user_agent=BROWSER)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def colleague(browser: Browser, product: Product) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{product.url}/")
    page.get_by_label("Email").fill(product.login)
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Live")).to_be_visible()
    yield page
    context.close()


def test_a_newcomer_becomes_a_contact_reads_the_mail_and_is_called(
    product: Product, visitor: Page, colleague: Page, eventually
) -> None:
    look_around(visitor, product)
    send_request(visitor, product)

    shows(colleague, f"{product.url}/contacts/?q=nora", NAME, eventually)
    score_before = score_of(colleague)
    colleague.get_by_role("link", name=NAME).first.click()
    expect(colleague.get_by_role("heading", name=NAME)).to_be_visible()
    story = colleague.get_by_role("main")
    for told in (
        "Tern 7",
        "Searched for “quiet”",
        "Clicked “Delivery”",
        "Sent the form “request”",
    ):
        expect(story.get_by_text(told).first).to_be_visible()
    dossier = colleague.url

    eventually(lambda: mail_is_there_to_be_read(colleague, product))
    colleague.get_by_role("link", name=EMAIL).first.click()
    expect(
        colleague.get_by_role("heading", name="Your question, and three answers at once")
    ).to_be_visible()
    button = colleague.locator('a[href*="/c/"]').first.get_attribute("href")
    assert button

    visitor.goto(button)
    expect(visitor.get_by_role("heading", name="Washing machines")).to_be_visible()
    assert "_rt=" not in visitor.url, "the signed token must not stay in the address"

    shows(colleague, f"{product.url}/tasks/", "Call about the request", eventually)
    task = colleague.get_by_role("article").filter(has_text="Call about the request")
    expect(task).to_contain_text(NAME)
    expect(task).to_contain_text("+442079460123")
    shows(colleague, dossier, "Clicked a link in an email", eventually)
    colleague.goto(f"{product.url}/contacts/?q=nora")
    assert score_of(colleague) > score_before


def look_around(visitor: Page, product: Product) -> None:
    """Be nobody, agree, and be interested."""
    visitor.goto(f"{product.url}/shop/")
    visitor.goto(f"{product.url}/shop/washing-machines/")
    assert "ripely" not in {cookie["name"] for cookie in visitor.context.cookies()}
    visitor.get_by_role("button", name="Yes, remember me").click()
    visitor.get_by_role("link", name="Tern 7").click()
    visitor.locator("summary", has_text="Delivery").click()
    visitor.get_by_role("searchbox").fill("quiet")
    visitor.get_by_role("searchbox").press("Enter")
    visitor.get_by_role("link", name="Brook 8 Quiet").click()
    assert "ripely" in {cookie["name"] for cookie in visitor.context.cookies()}


def send_request(visitor: Page, product: Product) -> None:
    visitor.goto(f"{product.url}/shop/request")
    form = visitor.locator("form.panel")
    form.get_by_label("Name").fill(NAME)
    form.get_by_label("Email").fill(EMAIL)
    form.get_by_label("Phone").fill(PHONE)
    form.get_by_label("What is it about?").select_option("Washing machines")
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="Send the request").click()
    expect(visitor.get_by_role("heading", name="Your request is here")).to_be_visible()


def shows(page: Page, url: str, text: str, eventually) -> None:
    """Look at a page again and again until it says something."""

    def look() -> bool:
        page.goto(url)
        return page.get_by_role("main").get_by_text(text).first.is_visible()

    eventually(look)


def mail_is_there_to_be_read(page: Page, product: Product) -> bool:
    """Whoever clicks within two seconds of the sending is taken for a machine."""
    page.goto(f"{product.url}/mailbox/")
    mail = page.get_by_role("link", name=EMAIL).filter(
        has_text=re.compile(r"([3-9]|\d\d) sec|min")
    )
    return mail.first.is_visible()


def score_of(page: Page) -> int:
    """Return the score in the row of the only contact found."""
    row = page.get_by_role("row").filter(has_text=NAME)
    return int(re.search(r"-?\d+", row.get_by_role("cell").nth(1).inner_text())[0])
