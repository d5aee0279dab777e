"""Ready-made automations as documents: what `operations/library.py` lists, and anybody may take and change."""
