"""A draft knows the version that was in force when it was begun."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("definitions", "0004_drafts")]
    operations = [
        migrations.AddField("draft", "base", models.PositiveIntegerField(null=True)),
    ]
