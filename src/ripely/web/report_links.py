"""The link by which others read a report: signed, and only while it is on."""

from django.core import signing

from ripely.operations import backtests
from ripely.records.backtests.models import Backtest

_SALT = "ripely backtest"


def token_of(test: Backtest) -> str:
    return signing.dumps(test.pk, salt=_SALT)


def read_token(token: str) -> Backtest | None:
    """Return what a link leads to, while it is on."""
    try:
        number = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    test = backtests.find(number)
    return test if test is not None and test.shared and test.report else None
