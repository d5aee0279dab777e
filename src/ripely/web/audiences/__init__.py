"""Audiences: how many are in one, who they are, and why."""
