"""How the tables of backtests came to be."""
