"""How far each file of events is imported."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0003_demo_mailbox")]
    operations = [run_schema("0004_imports")]
