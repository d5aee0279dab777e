"""Conditions, triggers and what they are made of, read back as sentences."""
