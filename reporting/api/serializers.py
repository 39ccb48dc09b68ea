"""What goes out and what may be asked, field by field: a renamed column cannot change a promise."""

from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reporting.dictionary.measures import MEASURES
from reporting.disclosure.models import Status

KINDS = (("maand", "maand"), ("kwartaal", "kwartaal"), ("jaar", "jaar"))
REPORT_KINDS = KINDS[1:]
AREAS = (("gemeente", "gemeente"), ("nederland", "nederland"))
REPORT_STATES = (("voorlopig", "voorlopig"), ("afgesloten", "afgesloten"))
MEASURE_CHOICES = [(measure.api_name, str(measure.label)) for measure in MEASURES.values()]


# ----------------------------------------------------------------------------------------------------- questions


class Question(serializers.Serializer[Any]):
    """Query parameters. A name we do not know, an empty value or a value given twice is an error, never ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse what is unknown together with everything else that is wrong."""
        errors: dict[str, list[serializers.ErrorDetail]] = {}
        for name in data:
            if name not in self.fields:
                errors[name] = [serializers.ErrorDetail("Deze parameter bestaat niet.", code="unknown")]
            elif len(data.getlist(name)) > 1:
                errors[name] = [serializers.ErrorDetail("Geef deze parameter één keer.", code="repeated")]
            elif not data[name]:
                errors[name] = [serializers.ErrorDetail("Deze parameter is leeg.", code="blank")]
        try:
            values = super().to_internal_value({name: data[name] for name in data if name not in errors})
        except serializers.ValidationError as error:
            errors.update(error.detail)  # type: ignore[arg-type]  # a serializer's detail is a dictionary
        if errors:
            raise serializers.ValidationError(errors)
        return values


class NoQuestion(Question):
    """An address without parameters."""


class PageQuestion(Question):
    """Which part of a list."""

    page = serializers.IntegerField(
        min_value=1, max_value=100_000, default=1, help_text="Welke pagina, vanaf 1."
    )
    pageSize = serializers.IntegerField(  # noqa: N815  (query parameters are camelCase)
        min_value=1, max_value=500, default=100, help_text="Hoeveel per pagina."
    )


class ReportQuestion(PageQuestion):
    """Which reports."""

    jaar = serializers.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="Alleen rapporten over dit jaar."
    )
    soort = serializers.ChoiceField(
        REPORT_KINDS, required=False, help_text="Alleen jaar- of kwartaalrapporten."
    )


class FigureQuestion(PageQuestion):
    """Which figures."""

    jaar = serializers.IntegerField(
        required=False, min_value=2000, max_value=2100, help_text="Alleen cijfers over dit jaar."
    )
    soort = serializers.ChoiceField(
        KINDS, required=False, help_text="Alleen cijfers per maand, kwartaal of jaar."
    )
    maat = serializers.ChoiceField(MEASURE_CHOICES, required=False, help_text="Alleen deze maat.")
    gebied = serializers.ChoiceField(
        AREAS, required=False, help_text="Alleen uw gemeente, of alleen Nederland."
    )


# ------------------------------------------------------------------------------------------------------- answers


class AnswerSerializer(serializers.Serializer[Any]):
    """Something that only goes out."""


@extend_schema_field({"type": "number", "format": "double", "minimum": 0, "maximum": 10_000_000})
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """A number as it is: a count stays whole, an average has its one decimal."""

    def to_representation(self, value: float) -> float:
        """Pass it on."""
        return value


class ValueSerializer(AnswerSerializer):
    """Een vrijgegeven getal, of de reden waarom er geen getal staat."""

    waarde = NumberField(
        allow_null=True,
        help_text="Leeg (`null`) als `status` niet F is; nooit nul. Heel, of met één decimaal (zie de definities).",
    )
    status = serializers.ChoiceField(
        Status.choices,
        help_text=(
            "F: getoond. C: niet getoond om gezinnen te beschermen. Z: niet van toepassing. M: niet aangeleverd."
        ),
    )


class MunicipalityRefSerializer(AnswerSerializer):
    """Een gemeente of programmagebied."""

    code = serializers.CharField(max_length=6, help_text="Gemeentecode van het CBS.")
    naam = serializers.CharField(max_length=80)


class CodeSerializer(AnswerSerializer):
    """Een gemeentecode en wanneer die gold."""

    code = serializers.CharField(max_length=6)
    geldigVanaf = serializers.DateField(source="valid_from")  # noqa: N815
    geldigTot = serializers.DateField(source="valid_to", allow_null=True)  # noqa: N815


class MunicipalitySerializer(MunicipalityRefSerializer):
    """Uw gemeente, zoals de stichting die kent."""

    fase = serializers.CharField(max_length=40)
    startdatum = serializers.DateField()
    einddatum = serializers.DateField(allow_null=True)
    codes = CodeSerializer(many=True)


class MunicipalityListSerializer(AnswerSerializer):
    """De gemeenten waarvoor dit token geldt: precies één."""

    gemeenten = MunicipalitySerializer(many=True)


class DefinitionSerializer(AnswerSerializer):
    """Wat een maat betekent."""

    maat = serializers.CharField(max_length=60)
    naam = serializers.CharField(max_length=120)
    definitie = serializers.CharField(max_length=500)
    formule = serializers.CharField(max_length=500, help_text="Hoe de maat wordt berekend, in woorden.")
    telt = serializers.CharField(
        max_length=20, help_text="De teleenheid: koppelingen, gezinnen, kinderen of gesprekken."
    )
    eenheid = serializers.CharField(max_length=40)
    decimalen = serializers.IntegerField(
        min_value=0, max_value=1, help_text="Hoeveel decimalen een waarde heeft."
    )
    soort = serializers.CharField(max_length=20, help_text="stroom, stand, uniek, cumulatief of afgeleid")
    versie = serializers.IntegerField(min_value=1, max_value=1000)
    geldigVanaf = serializers.DateField(  # noqa: N815
        help_text="Vanaf wanneer deze versie geldt; alle perioden zijn ermee geteld."
    )
    eigenaar = serializers.CharField(max_length=60)


class DefinitionListSerializer(AnswerSerializer):
    """Alle maten."""

    definities = DefinitionSerializer(many=True)


class ReleaseRefSerializer(AnswerSerializer):
    """De vrijgave waaruit de cijfers komen."""

    nummer = serializers.IntegerField(min_value=1, max_value=2_000_000_000)
    gepubliceerdOp = serializers.DateTimeField(default_timezone=UTC)  # noqa: N815
    planversie = serializers.CharField(max_length=16)


class ReportRefSerializer(AnswerSerializer):
    """Een jaar- of kwartaalrapport van uw gemeente."""

    id = serializers.UUIDField()
    titel = serializers.CharField(max_length=120)
    soort = serializers.ChoiceField(REPORT_KINDS)
    periode = serializers.CharField(max_length=10, help_text="2025 of 2025-K3")
    begindatum = serializers.DateField()
    einddatum = serializers.DateField()
    stand = serializers.ChoiceField(
        REPORT_STATES, help_text="Voorlopig tot 60 dagen na de periode; daarna afgesloten, op correcties na."
    )
    vrijgave = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, help_text="Nummer van de vrijgave."
    )


class ReportListSerializer(AnswerSerializer):
    """Een pagina van de lijst van rapporten, nieuwste eerst."""

    aantal = serializers.IntegerField(
        min_value=0, max_value=1_000_000, help_text="Aantal op alle pagina's samen."
    )
    rapporten = ReportRefSerializer(many=True)


class ReportFigureSerializer(AnswerSerializer):
    """Een maat in een rapport: uw gemeente en Nederland naast elkaar."""

    maat = serializers.CharField(max_length=60)
    naam = serializers.CharField(max_length=120)
    eenheid = serializers.CharField(max_length=40)
    gemeente = ValueSerializer()
    nederland = ValueSerializer()


class CategorySerializer(AnswerSerializer):
    """Een categorie van een uitsplitsing."""

    categorie = serializers.CharField(max_length=32)
    naam = serializers.CharField(max_length=120)
    nederland = ValueSerializer()


class SplitSerializer(AnswerSerializer):
    """Een landelijke uitsplitsing van een maat."""

    maat = serializers.CharField(max_length=60)
    kenmerk = serializers.CharField(max_length=40)
    naam = serializers.CharField(max_length=120)
    categorieen = CategorySerializer(many=True)


class ReportSerializer(ReportRefSerializer):
    """Een rapport met zijn cijfers."""

    gemeente = MunicipalityRefSerializer()
    vrijgave = ReleaseRefSerializer()  # type: ignore[assignment]  # the list has the number, the report the whole
    kerncijfers = ReportFigureSerializer(many=True)
    uitsplitsingen = SplitSerializer(many=True)


class FigureSerializer(ValueSerializer):
    """Een cijfer."""

    maat = serializers.CharField(max_length=60)
    gebied = serializers.CharField(max_length=6, help_text="NL, of de gemeentecode van uw gemeente.")
    soort = serializers.ChoiceField(KINDS)
    periode = serializers.CharField(max_length=10, help_text="2025, 2025-K3 of 2025-08")
    kenmerk = serializers.CharField(max_length=40, allow_null=True)
    categorie = serializers.CharField(max_length=32, allow_null=True)


class FigureListSerializer(AnswerSerializer):
    """Een pagina cijfers."""

    aantal = serializers.IntegerField(
        min_value=0, max_value=10_000_000, help_text="Aantal op alle pagina's samen."
    )
    vrijgave = ReleaseRefSerializer(allow_null=True)
    kerncijfers = FigureSerializer(many=True)


class HealthSerializer(AnswerSerializer):
    """Of de API antwoordt."""

    status = serializers.CharField(max_length=20)
    vrijgave = serializers.IntegerField(allow_null=True, min_value=1, max_value=2_000_000_000)
