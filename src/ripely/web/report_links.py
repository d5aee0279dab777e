"""The link by which others read a report: signed, and good until it is switched off."""

from django.core import signing

from ripely.operations.backtesting import backtests
from ripely.records.backtests.models import Backtest

_SALT = "ripely backtest"


def token_of(test: Backtest) -> str:
    return signing.dumps([test.pk, test.link], salt=_SALT)


def read_token(token: str) -> Backtest | None:
    """Return what a link leads to, while it is on. One that was off is never on again."""
    try:
        number, link = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    test = backtests.find(number)
    return test if test is not None and link and test.link == link and test.report else None
