"""Versions of definitions, which never change (the database sees to that), and drafts, which do."""

from django.db import models
from django.db.models.functions import Now
from typing_extensions import override


class Version(models.Model):
    """`body` is canonical JSON and `hash` its digest: the same content is the same version."""

    kind = models.CharField(max_length=16)
    document = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    body = models.TextField()
    hash = models.CharField(max_length=64)
    author = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("kind", "document", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "document", "number"], name="definitions_version_number"
            ),
            models.UniqueConstraint(
                fields=["kind", "document", "hash"], name="definitions_version_hash"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind}/{self.document} version {self.number}"


class Draft(models.Model):
    """A document as somebody is writing it: whatever it says, nothing is published by it.

    `base` is the version that was in force when it was begun, 0: none. Of old drafts it is not known.
    """

    kind = models.CharField(max_length=16)
    document = models.CharField(max_length=64)
    text = models.TextField()
    author = models.CharField(max_length=254, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    base = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("kind", "document")
        constraints = (
            models.UniqueConstraint(fields=["kind", "document"], name="definitions_one_draft"),
        )

    @override
    def __str__(self) -> str:
        return f"draft of {self.kind}/{self.document}"

    @property
    def stamp(self) -> str:
        """What is another each time that it is kept."""
        return self.updated_at.isoformat()
