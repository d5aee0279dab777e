"""The mailbox of the demo."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0002_append_known")]
    operations = [run_schema("0003_demo_mailbox")]
