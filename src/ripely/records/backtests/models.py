"""A backtest: what was asked, how far it is, and what was found. The row is the job as well."""

from django.db import models
from django.db.models.functions import Now


class Backtest(models.Model):
    """`content` names what the journey says, `documents` all definitions that it was tried among.

    `stop` asks whoever works at it to end; `attempts` is how often somebody began. `forgotten` are
    contacts that were forgotten while somebody worked at it. Whoever has the link that `link` is in
    can read the report; without one it is not shared.
    """

    journey = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    asked = models.TextField()
    documents = models.BinaryField()
    author = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=16, default="waiting")
    contacts = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stop = models.BooleanField(default=False)
    report = models.TextField(blank=True)
    error = models.TextField(blank=True)
    link = models.CharField(max_length=32, blank=True)
    attempts = models.IntegerField(default=0)
    forgotten = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["journey", "content"], name="backtests_of_journey"),
            models.Index(
                fields=["id"],
                name="backtests_unfinished",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.journey} {self.state}"


class Approval(models.Model):
    """A person has looked at what a journey says, and would let it go out."""

    journey = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    by = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["journey", "content", "by"], name="backtests_approved_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.journey} by {self.by}"


class Preview(models.Model):
    """A person has walked somebody through what a journey says, to an end."""

    journey = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    by = models.CharField(max_length=254)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["journey", "content", "by"], name="backtests_previewed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.journey} by {self.by}"


class Override(models.Model):
    """Somebody who may has published a journey without what the company asks for."""

    journey = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    by = models.CharField(max_length=254)
    missing = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.journey} by {self.by}"
