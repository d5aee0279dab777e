"""Whether a journey is worth it: reckoned beside it, and held against what it brings."""
