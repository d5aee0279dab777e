"""What DuckDB says went wrong, in one line: without secrets, and with what it means for whoever runs it."""

import re

import duckdb

_SECRET = re.compile(r"password='(?:[^'\\]|\\.)*'")
_NO_DATABASE = re.compile(r'Unable to connect to Postgres at ".*": (?P<why>.*)')
_NOT_BEGUN = "creating a new DuckLake is explicitly disabled"
_OF_A_BUCKET = (
    ("SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY does not fit AWS_ACCESS_KEY_ID"),
    ("InvalidAccessKeyId", "the server of the bucket does not know AWS_ACCESS_KEY_ID"),
    ("ExpiredToken", "AWS_SESSION_TOKEN is no longer valid"),
    ("NoSuchBucket", "there is no bucket of the name that RIPELY_LAKE says"),
    ("Could not resolve hostname", "no server has the name that AWS_ENDPOINT_URL says"),
    ("Could not connect", "no server answers where AWS_ENDPOINT_URL says"),
    ("HTTP 403", "the bucket refuses the key"),
    ("HTTP code 403", "the bucket refuses the key"),
)


def plainly(wrong: Exception) -> str:
    """Return what it says, without its advice and where in itself it was."""
    said = _SECRET.sub("password='...'", str(wrong).strip())
    line = said.partition("\n")[0]
    if _NOT_BEGUN in line:
        return "it is not there yet, `ripely archive` begins it."
    if not isinstance(wrong, duckdb.IOException):
        return line
    if found := _NO_DATABASE.search(line):
        return f"the database does not answer: {found['why']}"
    meaning = next((one for sign, one in _OF_A_BUCKET if sign in said), None)
    return f"{meaning} ({line})" if meaning else line
