"""Calls that wait for a team, and owners chosen from one."""

from django.db import migrations, models

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0006_settle")]
    operations = [
        run_schema("0007_teams"),
        migrations.CreateModel(
            name="QueuedCall",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("contact", models.BigIntegerField()),
                ("team", models.TextField()),
                ("priority", models.SmallIntegerField()),
                ("title", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "queue", "managed": False},
        ),
        migrations.CreateModel(
            name="TeamQueue",
            fields=[
                ("team", models.TextField(primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "queues", "managed": False},
        ),
    ]
