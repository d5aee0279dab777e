"""The tables of the data plane, migrated by the one tool that migrates everything."""
