"""Tables of the data plane as pages read them. Their schema is SQL; Django never changes it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class ContactCard(models.Model):
    """What lists and search show of an identified contact."""

    contact = models.BigIntegerField(primary_key=True)
    name = models.TextField()
    email = models.TextField()
    phone = models.TextField()
    company = models.TextField()
    owner = models.TextField()
    score = models.IntegerField()
    level = models.TextField()
    segments = ArrayField(models.TextField())
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        managed = False
        db_table = "contacts"

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class DecidedMessage(models.Model):
    """A row of the ledger; without the body, which goes when the outcome is known."""

    id = models.TextField(primary_key=True)
    contact = models.BigIntegerField()
    journey = models.TextField()
    version = models.IntegerField()
    step = models.TextField()
    channel = models.TextField()
    template = models.TextField()
    recipient = models.TextField()
    decided_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField()
    outcome = models.TextField(null=True)  # noqa: DJ001 the ledger's own mark of "not yet"
    reason = models.TextField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "messages"

    def __str__(self) -> str:
        return f"{self.template} to {self.recipient}"


class ContactTask(models.Model):
    """Work for a person; open until `done_at`."""

    id = models.TextField(primary_key=True)
    contact = models.BigIntegerField()
    type = models.TextField()
    title = models.TextField()
    script = models.TextField()
    assignee = models.TextField()
    journey = models.TextField()
    step = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    outcome = models.TextField()
    remark = models.TextField()

    class Meta:
        managed = False
        db_table = "tasks"

    def __str__(self) -> str:
        return self.title


class QueuedCall(models.Model):
    """A call that waits until its team has room for it."""

    id = models.TextField(primary_key=True)
    contact = models.BigIntegerField()
    team = models.TextField()
    priority = models.SmallIntegerField()
    title = models.TextField()
    decided_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "queue"

    def __str__(self) -> str:
        return self.title


class TeamQueue(models.Model):
    """Why the calls of a team wait, and since when for that reason."""

    team = models.TextField(primary_key=True)
    reason = models.TextField()
    since = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "queues"

    def __str__(self) -> str:
        return self.team


class Tally(models.Model):
    """One lane of a live counter; a counter is the sum of its lanes."""

    pk = models.CompositePrimaryKey("kind", "subject", "item", "lane")
    kind = models.TextField()
    subject = models.TextField()
    item = models.TextField()
    lane = models.SmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "tallies"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.item}"


class Identity(models.Model):
    """Which contact an anonymous id, user id, email ... belongs to."""

    pk = models.CompositePrimaryKey("kind", "value")
    kind = models.SmallIntegerField()
    value = models.TextField()
    contact = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "identities"

    def __str__(self) -> str:
        return self.value


class WriteKey(models.Model):
    """Who may send events. Of a server's `key` only the fingerprint is kept."""

    key = models.TextField(primary_key=True)
    source = models.TextField()
    kind = models.TextField(default="page")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "write_keys"

    def __str__(self) -> str:
        return self.source


class FoldPosition(models.Model):
    """How far a partition is folded."""

    partition = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()
    ruleset = models.TextField()

    class Meta:
        managed = False
        db_table = "positions"

    def __str__(self) -> str:
        return f"partition {self.partition} at {self.position}"


class LogChunk(models.Model):
    """A chunk of the log, without its body."""

    position = models.BigIntegerField(primary_key=True)
    events = models.IntegerField()
    appended_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "log"

    def __str__(self) -> str:
        return f"{self.events} events at {self.position}"


class ParkedEvents(models.Model):
    """Events of a contact in quarantine; the first row tells the error."""

    pk = models.CompositePrimaryKey("contact", "position")
    contact = models.BigIntegerField()
    position = models.BigIntegerField()
    error = models.TextField()
    parked_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "parked"

    def __str__(self) -> str:
        return f"{self.contact:016x} at {self.position}"


class WaitingEffect(models.Model):
    """An effect that is not a message, until it is done."""

    id = models.TextField(primary_key=True)
    contact = models.BigIntegerField()
    next_at = models.DateTimeField()
    attempts = models.IntegerField()
    claimed_by = models.IntegerField(null=True)
    reason = models.TextField()

    class Meta:
        managed = False
        db_table = "outbox"

    def __str__(self) -> str:
        return self.id


class PublishedRuleset(models.Model):
    """When which definitions began to hold."""

    id = models.TextField(primary_key=True)
    position = models.BigIntegerField()
    published_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "rulesets"

    def __str__(self) -> str:
        return self.id
