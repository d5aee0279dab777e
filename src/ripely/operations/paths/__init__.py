"""Every way that people can go through a journey, found by playing it on the real rules."""
