"""Gives each switching on a link of its own, counts attempts, and remembers who is forgotten meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("backtests", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="backtest",
            name="shared",
        ),
        migrations.AddField(
            model_name="backtest",
            name="attempts",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="backtest",
            name="forgotten",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="backtest",
            name="link",
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
