"""The fifty municipalities of the demo: names, codes and inhabitants are public facts, everything else is invented.

Start dates are assigned so that the public story holds: 15 areas on 1 July 2017, 25 at the end of September 2018
(Purmerend en Beemster begin in that month) and 50 on 8 October 2019. Years known from public sources are kept where
they fit; every area known to have started after that day is put before it, and the pilot of Edam-Volendam (2016 in
reality) is put later so that all fifty run then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

CODES_FROM, SECOND_CODES_FROM = date(2014, 1, 1), date(2013, 1, 1)
# Four-digit codes that no real postcode has; every area gets the next six.
UNUSED_POSTCODES = (
    *range(4945, 5010),
    *range(6746, 6810),
    *range(8942, 9000),
    *range(3654, 3700),
    *range(8659, 8700),
    *range(6472, 6510),
)
AREAS_EACH = 6


@dataclass(frozen=True, slots=True)
class Profile:
    """One programme area."""

    slug: str
    name: str
    code: str
    inhabitants: float  # thousands
    capacity: int  # new couplings per year once the work has settled
    started_on: date
    latitude: float
    longitude: float
    place_number: int  # position in the list; decides the postcode areas
    stops_on: date | None = None  # last day on which families are taken in
    ended_on: date | None = None
    strength: float = 1.0  # how much of the capacity is reached
    former_codes: tuple[tuple[str, date, date], ...] = ()  # code, from, until
    code_from: date | None = None

    @property
    def place(self) -> str:
        """Return the name of the town that addresses get."""
        return self.name.removesuffix(" en Beemster")

    @property
    def postcodes(self) -> tuple[str, ...]:
        """Return the made-up postcode areas of this municipality."""
        first = self.place_number * AREAS_EACH
        return tuple(
            str(UNUSED_POSTCODES[(first + step) % len(UNUSED_POSTCODES)]) for step in range(AREAS_EACH)
        )

    @property
    def codes(self) -> list[tuple[str, date, date | None]]:
        """Return every code with the day from which it counts and the day from which it no longer does."""
        return [(self.code, self.code_from or CODES_FROM, None), *self.former_codes]


_SPECIAL: dict[str, dict[str, object]] = {
    "purmerend": {"former_codes": (("GM0370", SECOND_CODES_FROM, date(2022, 1, 1)),)},
    "molenlanden": {
        "former_codes": (
            ("GM1927", CODES_FROM, date(2019, 1, 1)),
            ("GM0689", SECOND_CODES_FROM, date(2019, 1, 1)),
        ),
        "code_from": date(2019, 1, 1),
    },
    "sliedrecht": {"stops_on": date(2021, 4, 20), "ended_on": date(2021, 12, 31), "strength": 0.7},
    "edam-volendam": {"stops_on": date(2020, 3, 13), "ended_on": date(2020, 9, 30), "strength": 0.3},
}

# One area a line: name and code are real, the start is assigned, the centre is rounded to two decimals.
_TABLE = """
purmerend|Purmerend en Beemster|GM0439|81.5|20|2018-09-03|52.54|4.90
zaanstad|Zaanstad|GM0479|157.1|26|2016-03-01|52.46|4.77
amsterdam|Amsterdam|GM0363|883.5|52|2015-04-01|52.37|4.86
rhenen|Rhenen|GM0340|20.3|7|2015-02-02|51.98|5.56
ede|Ede|GM0228|120.0|23|2016-01-11|52.07|5.75
papendrecht|Papendrecht|GM0590|32.2|11|2017-01-09|51.83|4.70
ouder-amstel|Ouder-Amstel|GM0437|14.2|5|2016-09-05|52.30|4.92
uithoorn|Uithoorn|GM0451|31.0|11|2019-02-04|52.23|4.80
aalsmeer|Aalsmeer|GM0358|32.4|11|2019-01-14|52.26|4.76
utrechtse-heuvelrug|Utrechtse Heuvelrug|GM1581|50.0|16|2017-02-01|52.03|5.39
houten|Houten|GM0321|50.3|16|2017-04-03|52.01|5.18
lopik|Lopik|GM0331|14.5|5|2018-03-05|51.98|4.94
nieuwegein|Nieuwegein|GM0356|64.6|18|2017-05-08|52.03|5.09
de-ronde-venen|De Ronde Venen|GM0736|44.9|16|2018-05-14|52.23|4.92
west-maas-en-waal|West Maas en Waal|GM0668|19.7|7|2017-03-06|51.85|5.50
neder-betuwe|Neder-Betuwe|GM1740|25.0|9|2017-06-06|51.92|5.60
roosendaal|Roosendaal|GM1674|77.3|20|2018-09-17|51.51|4.43
drimmelen|Drimmelen|GM1719|27.4|10|2019-05-06|51.70|4.74
geertruidenberg|Geertruidenberg|GM0779|21.9|8|2019-05-06|51.70|4.88
hoogeveen|Hoogeveen|GM0118|55.9|17|2019-03-04|52.73|6.49
de-wolden|De Wolden|GM1690|24.5|9|2019-03-04|52.71|6.34
meppel|Meppel|GM0119|34.8|12|2018-11-05|52.71|6.18
veendam|Veendam|GM0047|27.5|10|2019-04-01|53.08|6.87
den-helder|Den Helder|GM0400|56.4|17|2018-12-03|52.92|4.76
hollands-kroon|Hollands Kroon|GM1911|48.8|16|2018-12-03|52.87|4.93
koggenland|Koggenland|GM1598|23.0|8|2019-02-18|52.64|4.95
laren|Laren|GM0417|11.5|4|2019-09-16|52.24|5.22
blaricum|Blaricum|GM0376|12.4|4|2019-09-16|52.28|5.25
eemnes|Eemnes|GM0317|9.5|4|2019-09-16|52.25|5.28
molenlanden|Molenlanden|GM1978|44.6|16|2015-09-01|51.89|4.84
hoeksche-waard|Hoeksche Waard|GM1963|88.6|21|2019-01-07|51.77|4.43
sliedrecht|Sliedrecht|GM0610|25.9|9|2019-07-01|51.83|4.77
edam-volendam|Edam-Volendam|GM0385|36.5|13|2018-10-15|52.55|5.01
waalwijk|Waalwijk|GM0867|49.4|16|2019-06-03|51.69|5.02
loon-op-zand|Loon op Zand|GM0809|23.8|8|2019-06-03|51.65|5.05
veenendaal|Veenendaal|GM0345|67.6|19|2016-05-09|52.02|5.55
wageningen|Wageningen|GM0289|40.0|14|2016-10-03|51.97|5.67
barneveld|Barneveld|GM0203|60.5|18|2017-10-02|52.17|5.65
nijkerk|Nijkerk|GM0267|44.2|15|2017-11-06|52.22|5.48
woudenberg|Woudenberg|GM0351|13.8|5|2018-01-08|52.08|5.41
leusden|Leusden|GM0327|30.7|11|2018-02-05|52.13|5.42
wijk-bij-duurstede|Wijk bij Duurstede|GM0352|23.9|8|2017-06-19|51.99|5.33
culemborg|Culemborg|GM0216|29.4|10|2018-04-09|51.95|5.21
buren|Buren|GM0214|27.2|10|2019-08-19|51.93|5.42
tiel|Tiel|GM0281|42.2|15|2019-08-19|51.89|5.41
gorinchem|Gorinchem|GM0512|37.6|13|2018-06-04|51.84|4.98
alblasserdam|Alblasserdam|GM0482|20.1|7|2019-09-02|51.86|4.67
huizen|Huizen|GM0406|41.0|14|2019-09-16|52.29|5.23
woerden|Woerden|GM0632|52.9|17|2019-04-15|52.12|4.89
medemblik|Medemblik|GM0420|45.5|16|2019-09-30|52.72|5.13
"""


def _row(number: int, line: str) -> Profile:
    slug, name, code, inhabitants, capacity, start, latitude, longitude = line.split("|")
    return Profile(
        slug=slug,
        name=name,
        code=code,
        inhabitants=float(inhabitants),
        capacity=int(capacity),
        started_on=date.fromisoformat(start),
        latitude=float(latitude),
        longitude=float(longitude),
        place_number=number,
        **_SPECIAL.get(slug, {}),  # type: ignore[arg-type]  # a table of exceptions, each checked by the tests
    )


FIFTY: tuple[Profile, ...] = tuple(
    _row(number, line) for number, line in enumerate(_TABLE.strip().splitlines())
)


def profiles(count: int) -> Sequence[Profile]:
    """Return the first ``count`` areas; after the fifty come invented ones (from 2020 on), for load and training."""
    invented = (
        Profile(
            slug=f"oefendorp-{number}",
            name=f"Oefendorp {number}",
            code=f"GM9{number:03d}",
            inhabitants=30.0,
            capacity=10,
            started_on=date(2020, 1, 6) + timedelta(weeks=number % 200),
            latitude=round(52.0 + number % 17 * 0.05, 2),
            longitude=round(5.0 + number % 23 * 0.05, 2),
            place_number=number - 1,
        )
        for number in range(len(FIFTY) + 1, count + 1)
    )
    return (*FIFTY[:count], *invented)
