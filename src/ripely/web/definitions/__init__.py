"""What is in force, what it was before, and the way back."""
