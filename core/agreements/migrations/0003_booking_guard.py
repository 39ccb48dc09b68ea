"""No child in two places at once, and never more children than there is room for: the database refuses it too.

The tables are not qualified: they are found through the search path of the transaction, which is one municipality.
Whoever books locks the support family and the child first, so of two bookings at the same moment the second sees the
first. ``weeks`` has a bit for each of the twelve kinds of weeks (``core/agreements/rhythm.py``); children are counted on
every day on which something begins, in each kind of week apart.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION agreements_booking_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    running constant text[] := ARRAY['introduction', 'trial', 'coupled'];
    room integer;
    most integer;
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.child_id = OLD.child_id
        AND NEW.support_family_id = OLD.support_family_id
        AND NEW.day_part = OLD.day_part
        AND NEW.weeks = OLD.weeks
        AND NEW.starts_on >= OLD.starts_on
        AND (OLD.ends_on IS NULL OR NEW.ends_on <= OLD.ends_on)
    THEN
        RETURN NULL;  -- takes less than before: that is never refused
    END IF;
    PERFORM FROM families_supportfamily WHERE id = NEW.support_family_id FOR NO KEY UPDATE;
    PERFORM FROM families_supportedchild WHERE id = NEW.child_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM agreements_booking other
        JOIN agreements_couplingagreement agreement ON agreement.id = other.agreement_id
        JOIN couplings_coupling coupling ON coupling.id = agreement.coupling_id
        WHERE other.child_id = NEW.child_id
            AND other.id <> NEW.id
            AND other.day_part = NEW.day_part
            AND other.weeks & NEW.weeks <> 0
            AND daterange(other.starts_on, other.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
            AND coupling.status = ANY (running)
    ) THEN
        RAISE EXCEPTION 'booking_guard: a child cannot be in two places at once'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'child_in_one_place';
    END IF;
    SELECT capacity INTO room FROM intake_supportoffer WHERE family_id = NEW.support_family_id;
    WITH here AS (
        SELECT other.child_id, other.weeks::integer AS weeks, other.starts_on, other.ends_on
        FROM agreements_booking other
        JOIN agreements_couplingagreement agreement ON agreement.id = other.agreement_id
        JOIN couplings_coupling coupling ON coupling.id = agreement.coupling_id
        WHERE other.support_family_id = NEW.support_family_id
            AND other.day_part = NEW.day_part
            AND other.weeks & NEW.weeks <> 0
            AND daterange(other.starts_on, other.ends_on, '[]') && daterange(NEW.starts_on, NEW.ends_on, '[]')
            AND (other.id = NEW.id OR coupling.status = ANY (running))
    ),
    moments AS (
        SELECT DISTINCT greatest(starts_on, NEW.starts_on) AS on_day FROM here
    )
    SELECT max(children) INTO most FROM (
        SELECT count(DISTINCT here.child_id) AS children
        FROM moments
        CROSS JOIN generate_series(0, 11) AS cell
        JOIN here ON here.starts_on <= moments.on_day
            AND (here.ends_on IS NULL OR here.ends_on >= moments.on_day)
            AND here.weeks >> cell & 1 = 1
        WHERE NEW.weeks::integer >> cell & 1 = 1
        GROUP BY moments.on_day, cell
    ) AS counted;
    IF coalesce(most, 0) > coalesce(room, 0) THEN
        RAISE EXCEPTION 'booking_guard: more children at a time than there is room for'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'room_in_day_part';
    END IF;
    RETURN NULL;
END
$guard$;

CREATE TRIGGER booking_guard AFTER INSERT OR UPDATE ON agreements_booking
FOR EACH ROW EXECUTE FUNCTION agreements_booking_guard();
"""
BACKWARDS = """
DROP TRIGGER booking_guard ON agreements_booking;
DROP FUNCTION agreements_booking_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0002_acceptance_calendar_bookings"),
        ("couplings", "0002_vog_guard"),
        ("intake", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
