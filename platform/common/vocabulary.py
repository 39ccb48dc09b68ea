"""The closed lists of the programme: what a form offers, what the ledger may hold and what a report may split by.

They stand below every app because the municipality's side and the national side must use the same codes.
Sources: domain.md of the design, sections 2, 3.1, 7 and 8.6. A code is never renamed: ledgers keep it for years.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DayPart(TextChoices):
    """A part of a day of the week; the unit in which families give and ask time (Dutch: dagdeel)."""

    MONDAY_MORNING = "ma-ochtend", _("maandagochtend")
    MONDAY_AFTERNOON = "ma-middag", _("maandagmiddag")
    MONDAY_EVENING = "ma-avond", _("maandagavond")
    MONDAY_NIGHT = "ma-nacht", _("maandagnacht")
    TUESDAY_MORNING = "di-ochtend", _("dinsdagochtend")
    TUESDAY_AFTERNOON = "di-middag", _("dinsdagmiddag")
    TUESDAY_EVENING = "di-avond", _("dinsdagavond")
    TUESDAY_NIGHT = "di-nacht", _("dinsdagnacht")
    WEDNESDAY_MORNING = "wo-ochtend", _("woensdagochtend")
    WEDNESDAY_AFTERNOON = "wo-middag", _("woensdagmiddag")
    WEDNESDAY_EVENING = "wo-avond", _("woensdagavond")
    WEDNESDAY_NIGHT = "wo-nacht", _("woensdagnacht")
    THURSDAY_MORNING = "do-ochtend", _("donderdagochtend")
    THURSDAY_AFTERNOON = "do-middag", _("donderdagmiddag")
    THURSDAY_EVENING = "do-avond", _("donderdagavond")
    THURSDAY_NIGHT = "do-nacht", _("donderdagnacht")
    FRIDAY_MORNING = "vr-ochtend", _("vrijdagochtend")
    FRIDAY_AFTERNOON = "vr-middag", _("vrijdagmiddag")
    FRIDAY_EVENING = "vr-avond", _("vrijdagavond")
    FRIDAY_NIGHT = "vr-nacht", _("vrijdagnacht")
    SATURDAY_MORNING = "za-ochtend", _("zaterdagochtend")
    SATURDAY_AFTERNOON = "za-middag", _("zaterdagmiddag")
    SATURDAY_EVENING = "za-avond", _("zaterdagavond")
    SATURDAY_NIGHT = "za-nacht", _("zaterdagnacht")
    SUNDAY_MORNING = "zo-ochtend", _("zondagochtend")
    SUNDAY_AFTERNOON = "zo-middag", _("zondagmiddag")
    SUNDAY_EVENING = "zo-avond", _("zondagavond")
    SUNDAY_NIGHT = "zo-nacht", _("zondagnacht")


class SupportForm(TextChoices):
    """What kind of support is asked or offered (Dutch: steunvorm)."""

    WEEKLY_HALF_DAY = "weekly_half_day", _("een vast dagdeel per week")
    FORTNIGHTLY_DAY = "fortnightly_day", _("om de week een halve of hele dag")
    WEEKEND_DAY = "weekend_day", _("een dag in het weekend")
    OVERNIGHT = "overnight", _("logeren")
    ACTIVITIES = "activities", _("meenemen naar sport, zwemles of een uitje")
    HOMEWORK = "homework", _("een rustige plek voor huiswerk")
    AD_HOC = "ad_hoc", _("bijspringen als het nodig is")
    GRANDPARENT = "grandparent", _("contact als opa en oma")


class Frequency(TextChoices):
    """How often the support takes place."""

    WEEKLY = "weekly", _("elke week")
    FORTNIGHTLY = "fortnightly", _("om de week")
    MONTHLY = "monthly", _("elke maand")
    IRREGULAR = "irregular", _("in overleg")


class AgeBand(TextChoices):
    """Age of a child in whole years, an unborn child in the lowest band."""

    FROM_0 = "0-3", _("0 tot en met 3 jaar")
    FROM_4 = "4-7", _("4 tot en met 7 jaar")
    FROM_8 = "8-11", _("8 tot en met 11 jaar")
    FROM_12 = "12-15", _("12 tot en met 15 jaar")
    FROM_16 = "16-17", _("16 en 17 jaar")


class ReferralSource(TextChoices):
    """Who pointed an asking family to the programme: a category, never a name (Dutch: verwijzer)."""

    SELF = "self", _("eigen initiatief")
    SOCIAL_TEAM = "social_team", _("wijkteam, jeugdteam of CJG")
    SCHOOL = "school", _("school")
    WELL_BABY_CLINIC = "well_baby_clinic", _("consultatiebureau of jeugdgezondheidszorg")
    GP = "gp", _("huisarts")
    WELFARE = "welfare", _("welzijnswerk of vluchtelingenwerk")
    YOUTH_CARE = "youth_care", _("jeugdhulpaanbieder")
    OTHER = "other", _("anders")


class RecruitmentChannel(TextChoices):
    """How a support family heard of the programme (Dutch: wervingskanaal)."""

    PRESS = "press", _("krant of huis-aan-huisblad")
    SOCIAL_MEDIA = "social_media", _("sociale media")
    FRIENDS = "friends", _("vrienden of bekenden")
    MUNICIPALITY = "municipality", _("gemeente of school")
    ASSOCIATION = "association", _("kerk of vereniging")
    WEBSITE = "website", _("website")


class EndingReason(TextChoices):
    """Why a coupling ended."""

    CONTINUES = "continues", _("contact gaat verder zonder begeleiding")
    GOAL_REACHED = "goal_reached", _("doel bereikt")
    SUPPORT_CIRCUMSTANCES = "support_circumstances", _("omstandigheden van het steungezin")
    FAMILY_CHANGED = "family_changed", _("vraaggezin verhuisd of veranderd")
    NO_CLICK = "no_click", _("geen klik of andere verwachtingen")
    HEAVIER_HELP = "heavier_help", _("zwaardere hulp nodig")
    LOST_CONTACT = "lost_contact", _("contact verloren")
    SAFETY = "safety", _("zorg over veiligheid")
    MUNICIPALITY_STOPPED = "municipality_stopped", _("gemeente is gestopt")
    OTHER = "other", _("anders")


class CloseReason(TextChoices):
    """Why the file of an asking family was closed, or why a support family left."""

    WITHDRAWN = "withdrawn", _("trok zich terug")
    REFERRED = "referred", _("doorverwezen naar andere hulp")
    NOT_SUITABLE = "not_suitable", _("past niet bij deze vorm van steun")
    MOVED = "moved", _("verhuisd")
    FINISHED = "finished", _("steun is afgerond")
    UNREACHABLE = "unreachable", _("niet te bereiken")
    OTHER = "other", _("anders")


class HouseholdKind(TextChoices):
    """How an asking family is made up."""

    SINGLE_PARENT = "single_parent", _("een ouder")
    TWO_PARENTS = "two_parents", _("twee ouders")
    CO_PARENTING = "co_parenting", _("co-ouderschap")
    OTHER = "other", _("anders")


class Interpreter(TextChoices):
    """Whether an asking family needs an interpreter; in which language is not counted anywhere."""

    NEEDED = "needed", _("tolk nodig")
    NOT_NEEDED = "not_needed", _("geen tolk nodig")


class SearchOutcome(TextChoices):
    """How the search of an asking family for a support family ended."""

    SOON = "soon", _("gekoppeld binnen drie maanden")
    LATER = "later", _("gekoppeld na drie maanden of langer")
    STOPPED = "stopped", _("gestopt zonder koppeling")


class Goal(TextChoices):
    """The four goals of the programme, scored 1 to 5 in every evaluation."""

    RELIEF = "relief", _("ouders ontlasten")
    STRENGTH = "strength", _("ouders sterker maken")
    CLIMATE = "climate", _("opvoedklimaat verbeteren")
    NETWORK = "network", _("netwerk uitbreiden")


class Review(TextChoices):
    """Which evaluation of a coupling: those of the cadence in which both families are asked for a mark."""

    TRIAL = "trial_evaluation", _("aan het eind van de proefperiode")
    MONTH_6 = "month_6", _("na een half jaar")
    MONTH_12 = "month_12", _("na een jaar")
    MONTH_18 = "month_18", _("na anderhalf jaar")
    MONTH_24 = "month_24", _("na twee jaar")


class ReviewSide(TextChoices):
    """Which family spoke in an evaluation; both are spoken to apart."""

    FAMILY = "family", _("vraaggezin")
    SUPPORT = "support", _("steungezin")


class Timeliness(TextChoices):
    """Whether an evaluation was held in time: until fourteen days after its day (domain.md 2.5)."""

    ON_TIME = "on_time", _("op tijd")
    LATE = "late", _("meer dan 14 dagen te laat")


class MarkBand(TextChoices):
    """A mark from 1 to 10, in three bands."""

    LOW = "low", _("5 of lager")
    MIDDLE = "middle", _("6 of 7")
    HIGH = "high", _("8 of hoger")


class Change(TextChoices):
    """A score on a goal after one or two years, against that of the start."""

    BETTER = "better", _("beter dan bij de start")
    SAME = "same", _("gelijk aan de start")
    WORSE = "worse", _("lager dan bij de start")


class SensitiveGroup(TextChoices):
    """Groups of special personal data (GDPR art. 9) that need a consent of their own before they are recorded."""

    HEALTH = "health", _("gezondheid van het kind of de ouder")
    BELIEF = "belief", _("geloof of eetgewoonten")
    CULTURE = "culture", _("taal, herkomst of cultuur")
    YOUTH_PROTECTION = "youth_protection", _("jeugdhulp of jeugdbescherming")


class Veto(TextChoices):
    """Hard limits that rule a combination out, on either side."""

    DOG = "dog", _("geen hond")
    CAT = "cat", _("geen kat")
    SMOKING = "smoking", _("niet roken in huis")
    STAIRS = "stairs", _("geen trappen")


class HouseTrait(TextChoices):
    """What a support family's home is like, in the words that a veto can meet."""

    DOG = "dog", _("hond in huis")
    CAT = "cat", _("kat in huis")
    SMOKING = "smoking", _("er wordt binnen gerookt")
    STAIRS = "stairs", _("trappen in huis")


class Wish(TextChoices):
    """Soft wishes and experience that both sides can name; none is of a special category."""

    CHILDREN_AT_HOME = "children_at_home", _("kinderen van ongeveer dezelfde leeftijd in huis")
    QUIET = "quiet", _("een rustig huis")
    OUTDOORS = "outdoors", _("veel naar buiten")
    GRANDPARENT_ROLE = "grandparent_role", _("een opa- of oma-rol")
    AUTISM_ADHD = "autism_adhd", _("ervaring met druk of prikkelgevoelig gedrag")
    DISABILITY = "disability", _("ervaring met een beperking")
    TRANSPORT = "transport", _("kan halen en brengen")
    OTHER_LANGUAGE = "other_language", _("spreekt ook een andere taal")


class Return(TextChoices):
    """What an asking family likes to do in return, and what a support family would enjoy (Dutch: wederkerigheid)."""

    COOKING = "cooking", _("iets lekkers koken of bakken")
    CHORES = "chores", _("helpen met klussen of de tuin")
    COMPANY = "company", _("samen koffie of thee drinken")
    OUTINGS = "outings", _("samen iets leuks doen")
    NEIGHBOURHOOD = "neighbourhood", _("iets doen voor de buurt of de school")


class ScorePart(TextChoices):
    """The named factors of the score of a combination (domain.md 5.4)."""

    DAYS = "days", _("dagen en hoe vaak")
    DISTANCE = "distance", _("afstand")
    FORM = "form", _("steunvorm")
    AGE = "age", _("leeftijd en gezin")
    WISHES = "wishes", _("wensen en rol")
    EXPERIENCE = "experience", _("ervaring")
    TRANSPORT = "transport", _("halen en brengen")


class AreaKind(TextChoices):
    """How far apart people live, for how much a kilometre counts."""

    URBAN = "urban", _("stedelijk")
    RURAL = "rural", _("landelijk")


def age_band(age_years: int) -> AgeBand:
    """Return the band of a child of ``age_years`` whole years (unborn counts as 0, 18 and over as the last band)."""
    bands = ((4, AgeBand.FROM_0), (8, AgeBand.FROM_4), (12, AgeBand.FROM_8), (16, AgeBand.FROM_12))
    return next((band for limit, band in bands if age_years < limit), AgeBand.FROM_16)
