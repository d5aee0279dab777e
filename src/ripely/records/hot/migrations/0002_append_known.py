"""The collector's append in one round trip."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0001_data_plane")]
    operations = [run_schema("0002_append_known")]
