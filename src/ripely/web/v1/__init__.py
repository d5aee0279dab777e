"""What other systems may ask: JSON, for whoever has a key."""
