"""What other systems may ask about history: JSON, for whoever has the key of a reader."""
