"""Backtests: a journey over stored history, before it is switched on."""
