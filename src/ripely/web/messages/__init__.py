"""The ledger of messages."""
