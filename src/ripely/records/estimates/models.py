"""What a journey was reckoned to bring, version by version, to be held against what it brings."""

from django.db import models
from django.db.models.functions import Now
from typing_extensions import override


class Estimate(models.Model):
    """`body` is the case as JSON: the figures, where they came from, and which were guesses."""

    journey = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    body = models.TextField()
    author = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("journey", "number")
        constraints = (
            models.UniqueConstraint(fields=["journey", "number"], name="estimates_number"),
        )

    @override
    def __str__(self) -> str:
        return f"estimate {self.number} of {self.journey}"
