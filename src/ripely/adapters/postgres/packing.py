"""How a profile lies in its row: msgpack, and compressed from the size on where the database would move it out of the row."""

import msgspec
import zstandard

from ripely.model.profile import Profile

SMALL_BYTES_MAX = 2_000
_LEVEL = 1
_BYTES_MAX = 64 * 1024 * 1024
_FRAME = (
    b"\x28\xb5\x2f\xfd"  # How a zstd frame begins (RFC 8878, 3.1.1); no packed profile does.
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode


def pack_profile(profile: Profile) -> bytes:
    body = _encode(profile)
    if len(body) <= SMALL_BYTES_MAX:
        return body
    return zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress(body)


def unpack_profile(body: bytes) -> Profile:
    """Read a row. Raises `msgspec.DecodeError` or `zstandard.ZstdError` when it is damaged."""
    if body[:4] == _FRAME:
        body = zstandard.decompress(body, max_output_size=_BYTES_MAX)
    return _decode(body)
