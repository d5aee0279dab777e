"""Backtests as they were asked for, and their reports."""
