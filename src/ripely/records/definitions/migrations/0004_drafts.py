"""Documents that are being written are kept without being published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("definitions", "0003_order_of_versions")]
    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("document", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("author", models.CharField(blank=True, max_length=254)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={"ordering": ("kind", "document")},
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("kind", "document"), name="definitions_one_draft"
            ),
        ),
    ]
