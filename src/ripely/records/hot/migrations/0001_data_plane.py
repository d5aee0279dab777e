"""Log, identities, profiles, timers, outbox."""

import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.functions.datetime
from django.db import migrations, models

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    initial = True
    operations = [
        run_schema("0001_data_plane"),
        # What Django reads of these tables. It makes none of them.
        migrations.CreateModel(
            name="ContactCard",
            fields=[
                ("contact", models.BigIntegerField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("email", models.TextField()),
                ("phone", models.TextField()),
                ("company", models.TextField()),
                ("owner", models.TextField()),
                ("score", models.IntegerField()),
                ("level", models.TextField()),
                (
                    "segments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "db_table": "contacts",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ContactTask",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("contact", models.BigIntegerField()),
                ("type", models.TextField()),
                ("title", models.TextField()),
                ("script", models.TextField()),
                ("assignee", models.TextField()),
                ("journey", models.TextField()),
                ("step", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("outcome", models.TextField()),
                ("remark", models.TextField()),
            ],
            options={
                "db_table": "tasks",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="DecidedMessage",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("contact", models.BigIntegerField()),
                ("journey", models.TextField()),
                ("version", models.IntegerField()),
                ("step", models.TextField()),
                ("channel", models.TextField()),
                ("template", models.TextField()),
                ("recipient", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("attempts", models.IntegerField()),
                ("outcome", models.TextField(null=True)),
                ("reason", models.TextField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messages",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="FoldPosition",
            fields=[
                ("partition", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("ruleset", models.TextField()),
            ],
            options={
                "db_table": "positions",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "value",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.SmallIntegerField()),
                ("value", models.TextField()),
                ("contact", models.BigIntegerField()),
            ],
            options={
                "db_table": "identities",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="LogChunk",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("events", models.IntegerField()),
                ("appended_at", models.DateTimeField()),
            ],
            options={
                "db_table": "log",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ParkedEvents",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "contact",
                        "position",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("contact", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("error", models.TextField()),
                ("parked_at", models.DateTimeField()),
            ],
            options={
                "db_table": "parked",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PublishedRuleset",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "db_table": "rulesets",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind",
                        "subject",
                        "item",
                        "lane",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("item", models.TextField()),
                ("lane", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "tallies",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WaitingEffect",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("contact", models.BigIntegerField()),
                ("next_at", models.DateTimeField()),
                ("attempts", models.IntegerField()),
                ("claimed_by", models.IntegerField(null=True)),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "outbox",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WriteKey",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("source", models.TextField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "write_keys",
                "managed": False,
            },
        ),
    ]
