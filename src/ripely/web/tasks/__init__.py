"""Work for people, calls above all."""
