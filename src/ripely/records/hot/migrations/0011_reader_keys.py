"""Keys that ask about history, and send nothing."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0010_segments_of_messages")]
    operations = [run_schema("0011_reader_keys")]
