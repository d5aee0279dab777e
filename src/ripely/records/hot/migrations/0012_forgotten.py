"""What is left of contacts that are forgotten, and what of them is yet to be taken out of the log."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0011_reader_keys")]
    operations = [run_schema("0012_forgotten")]
