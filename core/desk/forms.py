"""The form of closing a public form."""

from django.utils.translation import gettext_lazy as _

from common.fields import DateField, TextField
from common.forms import NaoberForm


class CloseFormForm(NaoberForm):
    """What people read instead of the form, and until when."""

    text = TextField(
        label=_("Wat lezen mensen in plaats van het formulier?"),
        max_length=1000,
        initial=_(
            "Wij hebben op dit moment veel aanmeldingen. Daarom nemen wij nu even geen nieuwe aan. "
            "Hebt u nu hulp nodig? Bel dan het wijkteam van uw gemeente."
        ),
    )
    open_again_on = DateField(
        label=_("Vanzelf weer open op"),
        required=False,
        help_text=_("Leeg? Dan blijft het formulier dicht tot je het zelf weer opent."),
    )
