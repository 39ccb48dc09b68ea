"""Icons drawn for Naober: lines in a box of 24 by 24, coloured by CSS. Decorative unless a label says otherwise."""

from django.utils.safestring import SafeString


def _lines(*paths: str) -> SafeString:
    return SafeString("".join(f'<path d="{path}"/>' for path in paths))


ICONS: dict[str, SafeString] = {
    "alert": _lines("M12 3 2.5 20h19z", "M12 10v4.5", "M12 17.4v.1"),
    "arrow-left": _lines("M19 12H5", "m11 6-6 6 6 6"),
    "arrow-right": _lines("M5 12h14", "m13 6 6 6-6 6"),
    "board": _lines("M4 5h6.5v6H4zM13.5 5H20v6h-6.5zM4 14h6.5v5H4zM13.5 14H20v5h-6.5z"),
    "bulb": _lines(
        "M9 17.5h6",
        "M10 21h4",
        "M12 3a6.5 6.5 0 0 0-4 11.6c.7.6 1 1.4 1 2.4v.5h6V17c0-1 .3-1.8 1-2.4A6.5 6.5 0 0 0 12 3z",
    ),
    "calendar": _lines("M4 6h16v14H4z", "M4 10.5h16", "M8.5 3.5V8", "M15.5 3.5V8"),
    "chart": _lines("M4 20h16", "M7 20v-7", "M12 20V5", "M17 20v-11"),
    "check": _lines("m4.5 12.5 5 5 10-11"),
    "circle": _lines("M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"),
    "clock": _lines("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2.5"),
    "download": _lines("M12 4v11", "m7 10.5 5 5 5-5", "M5 20h14"),
    "family": _lines(
        "M8.5 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
        "M3 20v-2.5a5.5 5.5 0 0 1 9.3-4",
        "M16.5 11.5a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
        "M12.5 21a4 4 0 0 1 8 0",
    ),
    "globe": _lines(
        "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
        "M3.5 12h17",
        "M12 3.5c5 5 5 12 0 17",
        "M12 3.5c-5 5-5 12 0 17",
    ),
    "heart": _lines("M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.6 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z"),
    "home": _lines("m3.5 11.5 8.5-7.5 8.5 7.5", "M6 9.5V20h12V9.5", "M10 20v-5.5h4V20"),
    "inbox": _lines("M4 13.5 6.5 5h11l2.5 8.5V19H4z", "M4 13.5h4.5l1.5 2.5h4l1.5-2.5H20"),
    "info": _lines("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 11v5.5", "M12 7.6v.1"),
    "link": _lines(
        "M10 14a4.5 4.5 0 0 0 6.6.4l2.8-2.8a4.5 4.5 0 0 0-6.4-6.4l-1.4 1.4",
        "M14 10a4.5 4.5 0 0 0-6.6-.4l-2.8 2.8a4.5 4.5 0 0 0 6.4 6.4l1.4-1.4",
    ),
    "logout": _lines("M14 4H5v16h9", "M10 12h10.5", "m17 8 4 4-4 4"),
    "mail": _lines("M3.5 6h17v12.5h-17z", "m3.5 7 8.5 6.5L20.5 7"),
    "map": _lines(
        "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11z",
        "M12 7.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6z",
    ),
    "menu": _lines("M4 7h16", "M4 12h16", "M4 17h16"),
    "pencil": _lines("m4 20 1-4.5L16.5 4 20 7.5 8.5 19z"),
    "phone": _lines(
        "M6.5 3.5h3l1.5 5-2 1.5a12 12 0 0 0 5 5l1.5-2 5 1.5v3c0 1-1 2-2 2A15 15 0 0 1 4.5 5.5c0-1 1-2 2-2z"
    ),
    "plus": _lines("M12 5v14", "M5 12h14"),
    "shield": _lines("M12 3 5 6v5.5c0 4.5 3 7.8 7 9.5 4-1.7 7-5 7-9.5V6z", "m9 12 2.2 2.2L15.5 10"),
    "user": _lines("M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4.5 20.5a7.5 7.5 0 0 1 15 0"),
}
