"""Postcode areas from files, as they are and as they should not be."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from common.errors import InvalidInput
from core.families.models import PostcodeArea
from core.matching.areas import areas_read
from core.matching.gather import points
from core.matching.sides import distance_km
from tenants import context
from tenants.municipalities.models import Municipality

CSV = "pc4,plaats,gemeentecode,lat,lon\n1441,Purmerend,GM0439,52.50500,4.95000\n1442,Purmerend,GM0439,52.52750,4.95\n"
GEONAMES = "NL\t1441 AB\tPurmerend\tNoord-Holland\t07\tPurmerend\t0439\t\t\t52.50\t4.94\t6\n"


def test_a_csv_with_heads_is_read() -> None:
    first, second = areas_read(StringIO(CSV))
    assert (first.code, first.place, str(first.latitude)) == ("1441", "Purmerend", "52.50500")
    assert str(second.longitude) == "4.95000"


def test_six_characters_of_geonames_become_the_middle_of_four_digits() -> None:
    (area,) = areas_read(StringIO(GEONAMES + GEONAMES.replace("AB", "AC").replace("52.50", "52.52")))
    assert (area.code, str(area.latitude), str(area.longitude)) == ("1441", "52.51000", "4.94000")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "pc4,plaats,lat\n1441,Purmerend,52.5\n",
        CSV + "14,Purmerend,GM0439,52.5,4.9\n",
        CSV + "1443,Purmerend,GM0439,noord,4.9\n",
        CSV + "1443,Purmerend,GM0439,NaN,4.9\n",
        CSV + "1443,Purmerend,GM0439,5.2,4.9\n",
        CSV + "1443,Purmerend\n",
        GEONAMES + "NL\t1442\n",
    ],
)
def test_a_file_that_cannot_be_right_is_refused_whole(text: str) -> None:
    with pytest.raises(InvalidInput):
        areas_read(StringIO(text))


def test_the_command_loads_one_municipality_and_can_run_again(
    purmerend: Municipality, zaanstad: Municipality, tmp_path: Path
) -> None:
    file = tmp_path / "gebieden.csv"
    file.write_text(CSV, encoding="utf-8")
    for _time in range(2):
        out = StringIO()
        call_command("load_areas", str(file), "--municipality", "purmerend", stdout=out)
        assert "2 postcodegebieden" in out.getvalue()
    with context.municipality(purmerend):
        known = points(["1441", "1442", "9999"])
        assert distance_km(known["1441"], known["1442"]) == pytest.approx(2.5, abs=0.01)
    with context.municipality(zaanstad):
        assert not PostcodeArea.objects.exists()


@pytest.mark.parametrize("slug", ["nergens", "purmerend"])
def test_the_command_says_what_is_wrong_and_writes_nothing(
    purmerend: Municipality, tmp_path: Path, slug: str
) -> None:
    file = tmp_path / "gebieden.csv"
    file.write_bytes(CSV.encode() + b"\xff\xfe\n")
    with pytest.raises(CommandError):
        call_command("load_areas", str(file), "--municipality", slug)
    with context.municipality(purmerend):
        assert not PostcodeArea.objects.exists()
