"""Questions to the stored history: each a statement in a file, and how it is asked and read."""
