"""Oakmere Home, a demo shop that carries the tracker as a customer's own site would."""

from ripely.demo.shop.site import app

__all__ = ["app"]
