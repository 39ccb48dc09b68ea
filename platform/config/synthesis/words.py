"""What invented coordinators write down. Short, friendly, and about nobody."""

QUESTION_SUPPORT = (
    "Een vast moment in de week waarop de kinderen ergens anders kunnen spelen, zodat er even rust is.",
    "Iemand die meeleeft en bij wie ons kind af en toe terecht kan.",
    "Lucht in het weekend. Door de week gaat het meestal wel.",
    "Hulp bij het brengen naar zwemles en een plek om daarna te spelen.",
    "Een gezin in de buurt met tijd voor een spelletje en buiten zijn.",
    "Dat de oudste ook eens aandacht krijgt; de jongste vraagt veel.",
)
QUESTION_UPBRINGING = (
    "Samen eten, op tijd naar bed en eerlijk zijn tegen elkaar.",
    "Rust en duidelijkheid. Niet te veel schermtijd.",
    "Respect voor elkaar en veel buiten spelen.",
    "Dat de kinderen zich veilig voelen en mogen zeggen wat zij vinden.",
)
QUESTION_EXPECTATION = (
    "Dat zij afspraken nakomen en bellen als er iets is.",
    "Gewoon mee laten draaien in het gezin, niets bijzonders.",
    "Geduld, en geen oordeel over hoe het bij ons gaat.",
    "Warmte en een beetje structuur.",
)
QUESTION_RECIPROCITY = (
    "Af en toe voor het andere gezin koken.",
    "Helpen in de tuin of met klusjes.",
    "Meehelpen bij de buurtbarbecue.",
    "Wij weten het nog niet, maar willen graag iets terugdoen.",
    "Haren knippen; dat is mijn vak.",
)
ASKING_REMARKS = (
    "",
    "Ik sta er alleen voor met de kinderen en het wordt mij soms te veel.",
    "Wij wonen hier nog niet lang en kennen weinig mensen.",
    "Onze jongste vraagt veel zorg, daardoor komt de oudste te kort.",
    "Ik heb weinig energie over. Een vast moment rust zou veel helpen.",
    "Wij hebben geen familie in de buurt.",
)
MOTIVATIONS = (
    "Wij hebben het goed en delen dat graag.",
    "Onze kinderen zijn het huis uit en er is ruimte aan tafel.",
    "Ik las erover in de krant en dacht: dit past bij ons.",
    "Een kind erbij maakt voor ons geen verschil, en voor dat kind misschien wel.",
    "Wij dachten aan pleegzorg, maar dit past beter bij ons leven.",
)
HOUSEHOLDS = {
    "couple_children": "Twee ouders met kinderen die nog thuis wonen.",
    "couple_grown": "Een stel; de kinderen zijn volwassen.",
    "single_parent": "Een ouder met kinderen.",
    "couple": "Een stel zonder kinderen.",
    "single": "Een volwassene.",
}
RELATIONS = (
    "buurvrouw",
    "collega",
    "juf van de kinderen",
    "trainer van de club",
    "vriend van het gezin",
    "zus",
)
DECLINED = {
    "support": (
        "Nu te druk met werk.",
        "De dagen komen niet uit.",
        "Past niet bij de leeftijd van onze kinderen.",
    ),
    "parents": ("Toch te ver weg.", "Het voelde niet goed.", "Liever een gezin met jonge kinderen."),
}
ARRANGEMENTS = (
    "Het steungezin haalt op; de ouders geven eten mee als dat uitkomt. Afzeggen uiterlijk een dag van tevoren.",
    "De ouders brengen en halen. Bij ziekte gaat het een keer niet door.",
    "Ophalen van school, samen eten en om zeven uur weer thuis.",
)
HOUSE_RULES = (
    "Wij eten samen aan tafel. Telefoons blijven in de tas. Schoenen uit in huis.",
    "Iedereen ruimt zijn eigen spullen op. Buiten spelen mag in de straat, niet verder.",
    "Er wordt niet gerookt in huis. Om acht uur is het bedtijd.",
)
CONTACT_NOTES = (
    "Gebeld om te horen hoe het gaat. Loopt goed.",
    "Kort gesproken over de vakantie; afspraken staan.",
    "Moeder belde: een keer overgeslagen door griep.",
    "Berichtje met een foto van de zandtaart. Iedereen tevreden.",
    "Gevraagd of een ander dagdeel kan. Beide gezinnen vinden het goed.",
)
FIRST_CALLS = (
    "Gebeld en uitgelegd hoe het werkt. Wil graag verder.",
    "Goed gesprek, veel vragen. Afspraak gemaakt voor een huisbezoek.",
    "Teruggebeld na voicemail. Kennen ons via de krant.",
)
EVALUATION_NOTES = (
    "",
    "Het gaat goed. De kinderen kijken ernaar uit.",
    "Er is meer rust in huis. Zij willen zo doorgaan.",
    "Af en toe was het zoeken naar een dag, dat is nu opgelost.",
    "Het contact is vertrouwd geworden.",
)
SENSITIVE_NOTES = {
    "health": "Het kind heeft astma; de pufjes gaan mee.",
    "belief": "Het gezin eet halal.",
    "culture": "Thuis wordt geen Nederlands gesproken.",
    "youth_protection": "Er is ook een hulpverlener van het jeugdteam.",
}
SAFE_CONTACT = (
    "",
    "",
    "",
    "Liever na half negen, als de kinderen op school zijn.",
    "Graag eerst een bericht.",
)
