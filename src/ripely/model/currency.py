"""Currencies by their codes of ISO 4217, and what is told in which."""

from collections.abc import Mapping

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
    CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
    LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP
    PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF XSU XUA YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - A list of them would be two hundred lines.
)
"""Those in use in 2026, without metals, bonds and codes for tests."""


def others_than(currency: str) -> tuple[str, ...]:
    return tuple(sorted(CURRENCIES - {currency}))


def only_of(codes: object) -> str:
    """Return the currency that is left when these are not meant, or nothing when it is not one alone."""
    left = CURRENCIES.difference(codes) if isinstance(codes, tuple) else frozenset[str]()
    return next(iter(left)) if len(left) == 1 else ""


def is_foreign(told: Mapping[str, object], currency: str) -> bool:
    """Whether an event tells of money in another currency than the company's; one that says none does not."""
    said = told.get("currency")
    return isinstance(said, str) and currency not in {"", said.upper()} and said != ""
