"""Settings: the tracking code and the keys that it needs."""
