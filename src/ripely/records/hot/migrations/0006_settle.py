"""What was decided about people and the append of their events, in one call."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0005_sweeps")]
    operations = [run_schema("0006_settle")]
