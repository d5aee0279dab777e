"""Who the demo company is: the facts that its shop, its documents and its visitors share."""

NAME = "Oakmere Home"
WRITE_KEY = "demo-shop"
"""Stands in every page of the shop, as write keys do: it can send events and nothing else."""
LOGIN = "demo"
MANAGER = "advisers@oakmere.example"
