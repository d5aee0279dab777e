"""Which server the database is at home on."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0012_forgotten")]
    operations = [run_schema("0013_home")]
