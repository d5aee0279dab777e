"""How far contacts have been asked about changed rules."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0004_imports")]
    operations = [run_schema("0005_sweeps")]
