"""A table of clicks without people and dates: 165,474 page views of a clothes shop."""

import json

import pytest

MAPPING = """
type: {constant: page}
anonymous_id: {line_number: "shop-2008-"}
timestamp: {constant: "2008-04-01T00:00:00Z", step: 1s}
properties:
  category: {column: page 1 (main category), type: text}
  country: {column: country, type: text}
  price: {column: price, type: number}
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def expected(data):
    return json.loads((data("eshop2008_pageviews") / "expected.json").read_text())


@pytest.fixture(scope="module", autouse=True)
def history(expected, data, run, fold, tmp_path_factory):
    mapping = tmp_path_factory.mktemp("clicks") / "mapping.yaml"
    mapping.write_text(MAPPING)
    table = data("eshop2008_pageviews") / "e-shop_clothing_2008_6cols.csv.gz"
    run("import", "events", table, "--mapping", mapping)
    fold()


def test_page_views_by_category(ask, expected):
    told = {
        row["property:category"]: row["events"]
        for row in ask("count", "--by", "property:category")
    }
    assert told == expected["by_category"]
    assert sum(told.values()) == expected["rows"]


def test_page_views_of_the_first_countries(ask, expected):
    rows = ask("count", "--by", "property:country")[:5]
    told = {row["property:country"]: row["events"] for row in rows}
    assert told == expected["by_country_top5"]


def test_mean_price(ask, expected):
    (price,) = ask("sum", "price", "--event", "page.viewed")
    assert price["events"] == expected["rows"]
    assert round(price["mean"], 4) == expected["mean_price"]
