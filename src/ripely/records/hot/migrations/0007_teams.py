"""Calls that wait for a team, and owners chosen from one."""

from django.db import migrations

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0006_settle")]
    operations = [run_schema("0007_teams")]
