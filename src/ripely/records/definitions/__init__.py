"""Every version of every definition, kept for ever."""
