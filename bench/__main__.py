"""`python -m bench [NAME ...]`: run all benches, or those named."""

import sys

from bench import (
    archive,
    audience,
    backtest,
    collect,
    fold,
    lag,
    language,
    log_bytes,
    mail,
    publish,
    reaction,
    rest,
    seed,
    segments,
    state,
    timeline,
    triggers,
    trip,
)
from bench.runner import run

# Importing a module registers its benches.
__all__ = [
    "archive",
    "audience",
    "backtest",
    "collect",
    "fold",
    "lag",
    "language",
    "log_bytes",
    "mail",
    "publish",
    "reaction",
    "rest",
    "seed",
    "segments",
    "state",
    "timeline",
    "triggers",
    "trip",
]

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
