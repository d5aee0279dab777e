"""What is asked of a backtest: a journey as it is written, over how long, and who reacts."""

from django import forms

from ripely.operations.backtesting.backtests import DAYS
from ripely.operations.publishing.drafts import TEXT_MAX

PERIODS = ((30, "30 days"), (90, "90 days"), (180, "half a year"), (365, "a year"))
REACTIONS = (("nobody", "Nobody"), ("usual", "As many as usually do"))


class BacktestForm(forms.Form):
    journey = forms.CharField(max_length=64, widget=forms.HiddenInput)
    days = forms.TypedChoiceField(
        choices=PERIODS, coerce=int, initial=DAYS, label="Over the last"
    )
    react = forms.ChoiceField(choices=REACTIONS, label="Who opens and clicks its letters?")
    text = forms.CharField(
        max_length=TEXT_MAX,
        strip=False,
        label="The journey as it would be",
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "code"}),
    )
