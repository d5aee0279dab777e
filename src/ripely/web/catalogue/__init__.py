"""What rules can be made of: events and triggers."""
