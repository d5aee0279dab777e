"""What history shows of the whole: repeated work, times between purchases, and what was held back."""
