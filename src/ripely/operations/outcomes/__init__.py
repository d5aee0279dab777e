"""What came of it all, measured."""
