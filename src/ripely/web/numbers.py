"""Numbers in addresses: what is not one, or too large, counts as nothing."""

BIGGEST = 2**63 - 1


def whole(words: str | None, otherwise: int = 0) -> int:
    if not words or not words.isascii() or not words.isdigit() or len(words) > 19:
        return otherwise
    return min(int(words), BIGGEST)
