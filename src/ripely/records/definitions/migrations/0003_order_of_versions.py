"""Versions are listed by document, in the order in which they were made."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("definitions", "0002_never_changed")]
    operations = [
        migrations.AlterModelOptions(
            name="version", options={"ordering": ("kind", "document", "number")}
        ),
    ]
