"""The pages of history in a browser: why, who is in an audience, and plots, on the product as it is run."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTED_MS = 60_000
"""How long a count may take on a busy machine; only a test that fails waits so long."""
NARROW = {"width": 380, "height": 800}
INK = """canvas => {
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    return data.filter((value, n) => n % 4 === 3 && value > 0).length;
}"""
LETTERS_PX = "text => text.getBoundingClientRect().height"
READABLE_PX = 9
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def complaints(colleague: Page) -> Iterator[list[str]]:
    """What the browser has to object to on the way; at the end it must be nothing."""
    heard: list[str] = []
    colleague.on("console", lambda message: heard.append(message.text))
    colleague.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


@pytest.fixture(autouse=True)
def patience(colleague: Page) -> None:
    """The first question to history opens the archive, which takes long on a busy machine."""
    colleague.set_default_navigation_timeout(COUNTED_MS)


def test_why_is_answered_from_the_page_of_a_contact(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/contacts/")
    colleague.get_by_role("table").get_by_role("link").first.click()
    colleague.get_by_role("link", name="Why: Reads our advice").click()
    main = colleague.get_by_role("main")
    expect(main).to_contain_text(re.compile("Is (not )?in the segment “Reads our advice”"))
    expect(main).to_contain_text("A page whose address contains “/articles/” was viewed")

    ask(colleague, "Interest")
    expect(main).to_contain_text(re.compile(r"“Interest” is \d+"))
    expect(main.get_by_role("heading", name="Where the points come from")).to_be_visible()
    ask(colleague, "Promotion on Tuesday")
    expect(main).to_contain_text(re.compile("(Was never|Is|Was not let) in"))
    ask(colleague, "Cart reminder")
    expect(main).to_contain_text("“Cart reminder”")

    main.get_by_role("link", name="What comes next").click()
    expect(main.get_by_role("heading", name="Next", exact=True)).to_be_visible()
    colleague.set_viewport_size(NARROW)
    assert colleague.evaluate(TOO_WIDE) <= 0


def ask(page: Page, name: str) -> None:
    page.get_by_label("Ask why").select_option(label=name)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_what_was_held_back_leads_to_why(product, colleague: Page, complaints, eventually):
    def is_told() -> bool:
        colleague.goto(f"{product.url}/held/")
        return colleague.get_by_role("link", name="Why?").first.is_visible()

    eventually(is_told)
    colleague.set_viewport_size(NARROW)
    assert colleague.evaluate(TOO_WIDE) <= 0
    colleague.get_by_role("link", name="Why?").first.click()
    expect(colleague.get_by_role("heading", name="What was decided")).to_be_visible()


def test_counts_follow_what_is_typed(product, colleague: Page, complaints, eventually):
    inside = colleague.locator("#audience-size .figure-n")

    def is_counted() -> bool:
        colleague.goto(f"{product.url}/drafts/segment/readers/")
        expect(colleague.locator("#audience-size")).not_to_contain_text(
            "Counting", timeout=COUNTED_MS
        )
        return inside.is_visible()

    eventually(is_counted)
    before, text = int(inside.inner_text()), colleague.get_by_label("The document")
    assert before > 0
    text.fill(text.input_value().replace("/articles/", "/nowhere/"))
    expect(inside).to_have_text("0")
    text.fill(text.input_value().replace("match: contains", "match: contians"))
    expect(colleague.locator("#audience-size")).to_contain_text(
        re.compile(r"until line \d+ makes sense")
    )


def test_the_size_of_a_segment_is_drawn(product, colleague: Page, complaints, eventually):
    def is_drawn() -> bool:
        colleague.goto(f"{product.url}/segments/readers/")
        expect(colleague.locator("#audience-days")).not_to_contain_text(
            "Counting", timeout=COUNTED_MS
        )
        return colleague.locator("[data-plot] canvas").first.is_visible()

    eventually(is_drawn)
    is_a_good_plot(colleague)


def test_the_size_of_a_draft_is_drawn_when_it_is_opened(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/drafts/segment/readers/")
    colleague.locator("#audience-days > summary").click()
    expect(colleague.locator("[data-plot] canvas").first).to_be_visible(timeout=COUNTED_MS)
    is_a_good_plot(colleague)


def test_a_backtest_is_drawn_also_for_whoever_has_its_link(
    product, colleague: Page, complaints
):
    colleague.goto(f"{product.url}/backtests/of/request/")
    colleague.get_by_role("button", name="Start the backtest").click()
    expect(colleague.get_by_text("would have entered", exact=True)).to_be_visible(
        timeout=COUNTED_MS
    )
    is_a_good_plot(colleague)
    colleague.get_by_role("button", name="Share by a link").click()
    told = colleague.get_by_text("Whoever has this link can read the report")
    address = told.get_by_role("link").get_attribute("href")
    colleague.context.clear_cookies()
    colleague.goto(f"{product.url}{address}")
    is_a_good_plot(colleague)


def is_a_good_plot(page: Page) -> None:
    """It is drawn, says what it shows, can be read as a table by keyboard, and fits theme and screen."""
    plot = page.locator("[data-plot]").first
    canvas = plot.locator("canvas").first
    expect(canvas).to_be_visible()
    assert canvas.evaluate(INK) > 0
    expect(plot.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("the table below says the same")
    )

    summary = plot.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(plot.get_by_role("table")).to_be_visible()
    assert plot.get_by_role("row").count() > 1

    light = canvas.evaluate("canvas => canvas.toDataURL()")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.wait_for_function(
        "([one, was]) => one.toDataURL() !== was", arg=[canvas.element_handle(), light]
    )

    page.set_viewport_size(NARROW)
    page.wait_for_function(
        "one => one.getBoundingClientRect().right <= innerWidth", arg=canvas.element_handle()
    )
    assert page.evaluate(TOO_WIDE) <= 0
    assert canvas.evaluate(INK) > 0


def test_work_that_is_done_by_hand_becomes_a_draft_with_one_click(
    product, colleague: Page, complaints, eventually
):
    def is_suggested() -> bool:
        colleague.goto(f"{product.url}/suggestions/")
        return colleague.get_by_role("heading", name="Before we deliver").is_visible()

    eventually(is_suggested)
    colleague.set_viewport_size(NARROW)
    assert colleague.evaluate(TOO_WIDE) <= 0
    draft = "Draft this journey: Write the message “Before we deliver your machine”"
    colleague.get_by_role("button", name=draft).click()
    expect(colleague.get_by_role("heading", name="It makes sense")).to_be_visible()
    expect(colleague.get_by_label("The document")).to_have_value(
        re.compile("event: order.completed")
    )


def test_the_past_of_the_demo_tells_when_people_buy_again(
    product, colleague: Page, complaints, eventually
):
    def is_told() -> bool:
        colleague.goto(f"{product.url}/timing/")
        return colleague.get_by_text(re.compile(r"Wait \d+ days\.")).is_visible()

    eventually(is_told)
    colleague.set_viewport_size(NARROW)
    assert colleague.evaluate(TOO_WIDE) <= 0
    assert colleague.locator(".curve-text").first.evaluate(LETTERS_PX) >= READABLE_PX


def test_results_follow_their_page(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/results/?days=90")
    expect(colleague.get_by_role("heading", name="By journey")).to_be_visible(
        timeout=COUNTED_MS
    )
    is_a_good_plot(colleague)


def test_what_a_journey_is_worth_follows_its_page(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/journeys/request/worth/")
    expect(colleague.get_by_role("heading", name="The figures")).to_be_visible(
        timeout=COUNTED_MS
    )
    hours = colleague.get_by_label("Time of colleagues it frees")
    hours.fill("40")
    expect(colleague.locator("#verdict")).not_to_contain_text("Do not automate this.")


def test_a_finding_leads_to_its_line(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/drafts/journey/request/")
    text = colleague.get_by_label("The document")
    text.fill(text.input_value().replace("do: task", "do: taks"))
    colleague.get_by_role("button", name=re.compile(r"Line \d+")).first.click()
    expect(text).to_be_focused()
    chosen = text.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert chosen.strip() == "do: taks"


def test_a_preview_goes_on_by_keyboard(product, colleague: Page, complaints):
    colleague.goto(f"{product.url}/journeys/request/preview/")
    colleague.get_by_role("button", name="Begin").click()
    comes_in = colleague.get_by_role("button", name="Form submitted: form “request”").first
    expect(comes_in).to_be_focused()
    colleague.keyboard.press("Enter")
    expect(colleague.get_by_role("heading", name="Now at “Reaction”")).to_be_visible()
    expect(colleague.get_by_role("button", name="Time passes")).to_be_focused()
