"""How mails do with the people of each segment, on the pages of the mail and of the segment."""

import re

import pytest

TWO = b"""
kind: segment
id: hot
name: Hot people
when: {if: tag, name: hot}
---
kind: segment
id: few
name: A few people
when: {if: tag, name: few}
---
kind: template
id: news
name: The news
subject: News
body: "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"
---
kind: template
id: offer
name: An offer
subject: Offer
body: "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section></mj-body></mjml>"
"""


@pytest.fixture
def mailed(world):
    """News went to 100 hot people, of whom 40 opened and 20 clicked; the offer to 300 others: 60 and 12."""
    world.publish(TWO)
    groups = [("news", ["hot"], 96, 38, 20), ("news", ["hot", "few"], 4, 2, 0), ("offer", [], 300, 60, 12)]  # fmt: skip
    for template, segments, sent, opened, clicked in groups:
        for n in range(sent):
            who = f"{template}{segments}{n}"
            about = {"message": who, "template": template, "segments": segments}
            world.tell(who, "email.sent", 60, **about)
            if n < opened:
                for _ in range(2):
                    world.tell(who, "email.opened", 50, by="human", **about)
            if n < clicked:
                world.tell(
                    who, "email.clicked", 40, by="human", url="https://x.example", **about
                )
            if n % 2:
                world.tell(who, "email.opened", 55, by="machine", **about)
    world.fold()
    return world


def rows(client, address):
    page = client.get(address).content.decode()
    table = page.split('id="audiences"')[1].split("</table>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in found], page


def test_a_mail_is_compared_with_the_average_of_all(client, mailed):
    found, page = rows(client, "/definitions/template/news/")
    assert found == [
        "Everybody 100 40.0% 30.9% to 49.8% +60% 25.0% 20.0% 13.3% to 28.9% +150% 8.0%",
        "Hot people 100 40.0% 30.9% to 49.8% +60% 25.0% 20.0% 13.3% to 28.9% +150% 8.0%",
        (
            "A few people 4 50.0% 15.0% to 85.0% too few to tell 25.0%"
            " 0.0% 0.0% to 49.0% too few to tell 8.0%"
        ),
    ]
    assert "Machines opened 50.0% of the 100 mails" in page


def test_a_segment_is_compared_with_the_average_of_all(client, mailed):
    found, _ = rows(client, "/segments/hot/")
    assert found == [
        "Hot people 100 40.0% 30.9% to 49.8% +60% 25.0% 20.0% 13.3% to 28.9% +150% 8.0%"
    ]


def test_where_no_mail_went_nothing_is_compared(client, world):
    world.publish(TWO)
    for address in ("/segments/hot/", "/definitions/template/news/"):
        assert 'id="audiences"' not in client.get(address).content.decode()
