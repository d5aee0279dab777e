"""What happens right now."""
