"""Log, identities, profiles, timers, outbox."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    initial = True
    operations = [run_schema("0001_data_plane")]
