"""People who may sign in, and the attempts of those who may not."""
