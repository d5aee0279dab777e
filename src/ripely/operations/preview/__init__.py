"""Walking one person through a journey on a clock of one's own: nothing is written, all is decided for real."""
