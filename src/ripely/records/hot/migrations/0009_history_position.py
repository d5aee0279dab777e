"""History by position, for the archive."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0008_server_keys")]
    operations = [run_schema("0009_history_position")]
