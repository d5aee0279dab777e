"""Keys that only a server may hold."""

from django.db import migrations, models

from ripely.records.hot.schema import run_schema


class Migration(migrations.Migration):
    dependencies = [("hot", "0007_teams")]
    operations = [
        run_schema("0008_server_keys"),
        migrations.AddField("writekey", "kind", models.TextField(default="page")),
    ]
