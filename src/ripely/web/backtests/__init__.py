"""Backtests: asking for one, watching it, and reading its report."""
