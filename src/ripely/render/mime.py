"""The letters of a mail on the wire: quoted-printable bodies and headers nobody can break out of."""

import re
from base64 import b64encode
from binascii import b2a_qp

LINE_MAX = 78
SOFT_BREAK = b"=\r\n"
_WORD_BYTES_MAX = 45  # 60 letters of base64 and the 12 around them make an encoded word of 72
_SHORT_MAX = 72
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@]{1,64}@[^\s<>()\\,;:\"@]{1,255}")


def quoted_printable(text: str) -> bytes:
    """Encode a whole body or its end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return b2a_qp(lines.encode(errors="replace")).replace(b"\n", b"\r\n")


def quoted_piece(text: str) -> bytes:
    """Encode a piece of a body so that pieces can be joined: it ends in a soft line break."""
    if len(text) <= _SHORT_MAX and text.isascii() and text.isprintable() and "=" not in text:
        return text.encode() + SOFT_BREAK
    # The letter added keeps the place for the `=` on the last line, and is taken off again.
    return quoted_printable(text + "x")[:-1] + SOFT_BREAK


def one_line(text: str) -> str:
    """Make text fit for a header: no control character survives, whitespace becomes one space."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def header(name: str, text: str) -> bytes:
    """Write a header of free text, folded, and encoded where it is not plain."""
    line = one_line(text)
    plain = line.isascii() and "=?" not in line and max(map(len, line.split()), default=0) < 60
    words = line.split() if plain else _encoded_words(line)
    return _fold(name, words)


def uri_header(name: str, parts: list[str]) -> bytes:
    """Write a header of addresses. Each stays whole, on a line of its own."""
    return (f"{name}: " + ",\r\n ".join(parts) + "\r\n").encode()


def mailbox(name: str, address: str) -> str:
    """Write `Name <address>` as it stands in a header; the name is quoted or encoded as it needs."""
    plain = one_line(name)
    if not plain:
        return address
    if plain.isascii():
        quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{' '.join(_encoded_words(plain))} <{address}>"


def wire_address(address: str) -> str | None:
    """Return an address as SMTP can carry it (its domain in ASCII), or None when it cannot."""
    if not _ADDRESS.fullmatch(address) or _CONTROLS.search(address):
        return None
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return None
    return f"{local}@{ascii_domain}" if local.isascii() else None


def _encoded_words(text: str) -> list[str]:
    chunks, chunk = [], b""
    for letter in text:
        code = letter.encode()
        if len(chunk) + len(code) > _WORD_BYTES_MAX:
            chunks.append(chunk)
            chunk = b""
        chunk += code
    chunks.append(chunk)
    return [f"=?utf-8?B?{b64encode(chunk).decode()}?=" for chunk in chunks]


def _fold(name: str, words: list[str]) -> bytes:
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE_MAX and line.strip() != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line]).encode() + b"\r\n"
