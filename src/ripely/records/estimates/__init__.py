"""What was reckoned before a journey was switched on."""
