"""The form of the tour: which way somebody walks."""

from django import forms

from common.forms import NaoberForm
from core.learning.tour import LAST


class TourForm(NaoberForm):
    """Go to a step, or stop. The buttons are the choices; nothing is typed."""

    step = forms.IntegerField(min_value=1, max_value=LAST, required=False)
    stop = forms.ChoiceField(choices=[("now", "now"), ("end", "end")], required=False)
