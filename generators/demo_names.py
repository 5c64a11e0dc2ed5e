"""Invented names, streets and texts of the demo, by country. Data only.

Telephone numbers are from the ranges that German and French regulators keep free for films.
"""

from typing import NamedTuple


class Town(NamedTuple):
    """A town with a postcode of it."""

    postcode: str
    name: str


class Country(NamedTuple):
    """How people and places are called in one country, and how its payers write."""

    code: str
    language: str
    customers: int
    families: tuple[str, ...]
    trades: tuple[str, ...]
    patterns: tuple[str, ...]
    streets: tuple[str, ...]
    address: str
    towns: tuple[Town, ...]
    phone: str
    phrases: tuple[str, ...]  # Around an invoice number {0}; {1} is the customer number.


GERMANY = Country(
    code="DE",
    language="de",
    customers=22,
    families=tuple(
        "Ahrenkiel Brombeck Dornwald Eichgrund Falkenrath Ginsterberg Haselried Immenbach Jettfeld Kranichfurt"
        " Lerchenau Mohnkamp Nesselried Ohlentor Pappelried Quendelhof Rohrmoor Sanddorn Tannwieser Ulmental Veilchrath"
        " Wacholdt Zinnkraut".split()
    ),
    trades=("Bäckerei", "Tischlerei", "Gartenbau", "Elektro", "Malerbetrieb", "Apotheke", "Metallbau", "Weinhandel"),
    patterns=(
        "{trade} {family} GmbH",
        "{family} {trade} GmbH & Co. KG",
        "{trade} {family} e.K.",
        "{trade} {family} OHG",
    ),
    streets=("Lindenweg", "Mühlgasse", "Am Anger", "Schulstraße", "Kastanienallee", "Brunnenplatz"),
    address="{street} {house}",
    towns=(
        Town("20095", "Hamburg"),
        Town("50667", "Köln"),
        Town("01067", "Dresden"),
        Town("79098", "Freiburg"),
        Town("34117", "Kassel"),
    ),
    phone="+49 30 23125 0{:02d}",
    phrases=(
        "Rechnung {0}",
        "Rg. {0} Kd {1}",
        "{0}",
        "Re.Nr.: {0} - vielen Dank",
        "Zahlung {0}, Kundennr. {1}",
        "RECHNUNG {0}",
    ),
)
FRANCE = Country(
    code="FR",
    language="fr",
    customers=10,
    families=tuple(
        "Aubrelande Beauval-Roche Chantreuil Dumarquis Ferracol Jolimont-Gué Lavandière Morteval Pierregrise Roncevin"
        " Valdorge".split()
    ),
    trades=("Menuiserie", "Librairie", "Garage", "Boulangerie", "Pharmacie", "Imprimerie"),
    patterns=("{trade} {family} SARL", "{trade} {family} SAS", "{family} & Fils SARL"),
    streets=("rue des Tilleuls", "avenue du Moulin", "place du Marché", "chemin des Vignes"),
    address="{house} {street}",
    towns=(Town("67000", "Strasbourg"), Town("69002", "Lyon"), Town("44000", "Nantes"), Town("59800", "Lille")),
    phone="+33 1 99 00 01 {:02d}",
    phrases=("Facture {0}", "FACT {0} CLIENT {1}", "{0}", "Règlement facture {0}", "VIR {0}"),
)
NETHERLANDS = Country(
    code="NL",
    language="en",
    customers=6,
    families=("van Elzenbroek", "Hoogwaard", "Duinkamp", "ter Wilgen", "Molenschot", "Rietdijkstra", "Zonneveen"),
    trades=("Bakkerij", "Bouwbedrijf", "Drukkerij", "Installatietechniek"),
    patterns=("{trade} {family} B.V.", "{family} {trade} V.O.F."),
    streets=("Molenweg", "Dorpsstraat", "Havenkade"),
    address="{street} {house}",
    towns=(Town("3511 AA", "Utrecht"), Town("9711 AA", "Groningen"), Town("5611 AA", "Eindhoven")),
    phone="",
    phrases=("Factuur {0}", "{0}", "Betaling factuur {0} klantnr. {1}"),
)
BELGIUM = Country(
    code="BE",
    language="fr",
    customers=6,
    families=("Claesbroek", "Vandermoor", "Lambrechin", "Delacambre", "Peetermols", "Ardennois"),
    trades=("Brouwerij", "Garage", "Schrijnwerkerij", "Traiteur"),
    patterns=("{trade} {family} BV", "{trade} {family} SRL"),
    streets=("Kerkstraat", "rue de l'Église", "Stationsplein"),
    address="{street} {house}",
    towns=(Town("1000", "Bruxelles"), Town("9000", "Gent"), Town("4000", "Liège")),
    phone="",
    phrases=("Factuur {0}", "Facture {0}", "{0} klant {1}"),
)
AUSTRIA = Country(
    code="AT",
    language="de",
    customers=4,
    families=("Almgruber", "Enzianer", "Föhrentaler", "Steinlechner-Au"),
    trades=("Gasthof", "Tischlerei", "Sporthaus"),
    patterns=("{trade} {family} GmbH", "{trade} {family} KG"),
    streets=("Dorfplatz", "Bergweg", "Kirchgasse"),
    address="{street} {house}",
    towns=(Town("1010", "Wien"), Town("6020", "Innsbruck"), Town("5020", "Salzburg")),
    phone="",
    phrases=("Rechnung {0}", "RE {0}", "{0}"),
)
SWITZERLAND = Country(
    code="CH",
    language="de",
    customers=0,
    families=(),
    trades=(),
    patterns=(),
    streets=("Seestrasse",),
    address="{street} {house}",
    towns=(Town("8001", "Zürich"),),
    phone="",
    phrases=("Rechnung {0}",),
)
COUNTRIES = (GERMANY, FRANCE, NETHERLANDS, BELGIUM, AUSTRIA)

GOODS = ("Büromöbel", "Druckerpapier", "Aktenschränke", "Schreibwaren", "Leuchten", "Konferenztechnik", "Toner")
SUPPLIER_NAMES = (
    "Papierwerk Auental AG",
    "Spedition Rollberg GmbH",
    "Stadtwerke Quellbrunn",
    "Möbelfabrik Fichtenhain GmbH",
    "IT-Haus Sternwarte GmbH",
    "Telefonnetz Quellbrunn GmbH",
)
