"""Stories played on the real rules with a clock of their own."""
