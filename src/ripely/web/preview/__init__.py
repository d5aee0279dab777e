"""Previews: walking one person through a journey."""
