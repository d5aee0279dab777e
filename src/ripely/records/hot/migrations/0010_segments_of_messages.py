"""The segments that a contact was in when a message was decided."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0009_history_position")]
    operations = [run_schema("0010_segments_of_messages")]
