"""The newcomer's story: from a first anonymous page to the call task, through the whole product as it is run.

The visitor uses the demo shop, the colleague uses the pages; nothing is looked up behind their backs.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME, EMAIL, PHONE = "Nora Newcomer", "nora@example.com", "+44 20 7946 0123"
# A browser without a window says so, and would be taken for the machine that it is.
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
PATIENCE_MS = 15_000


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(user_agent=BROWSER)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_newcomer_becomes_a_contact_reads_the_mail_and_is_called(
    product, visitor: Page, colleague: Page, eventually
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


def look_around(visitor: Page, product) -> None:
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


def send_request(visitor: Page, product) -> None:
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


def mail_is_there_to_be_read(page: Page, product) -> bool:
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
