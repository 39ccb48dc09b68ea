"""No trial or coupling without a valid VOG of every adult of the support family: the database refuses it too.

The tables are not qualified: they are found through the search path of the transaction, which is one municipality.
An adult counts until the day they left the household; a VOG counts from the day it was seen up to its review.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION couplings_vog_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    on_day date := CASE NEW.status WHEN 'trial' THEN NEW.trial_started_on ELSE NEW.coupled_on END;
    screened integer;
    missing integer;
BEGIN
    IF TG_OP = 'UPDATE'
        AND OLD.status = NEW.status
        AND OLD.support_family_id = NEW.support_family_id
        AND on_day IS NOT DISTINCT FROM
            (CASE OLD.status WHEN 'trial' THEN OLD.trial_started_on ELSE OLD.coupled_on END)
    THEN
        RETURN NEW;
    END IF;
    SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM vog_conductcertificatecheck seen
        WHERE seen.adult_id = adult.id
            AND seen.status IN ('seen', 'expired')
            AND seen.seen_on <= on_day
            AND seen.review_due > on_day
    ))
    INTO screened, missing
    FROM families_supportadult adult
    WHERE adult.family_id = NEW.support_family_id
        AND adult.needs_vog
        AND (adult.left_household_on IS NULL OR adult.left_household_on > on_day);
    IF on_day IS NULL OR screened = 0 OR missing > 0 THEN
        RAISE EXCEPTION 'vog_guard: no trial or coupling without a valid VOG of every adult'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'coupling_has_valid_vog';
    END IF;
    RETURN NEW;
END
$guard$;

CREATE TRIGGER coupling_has_valid_vog
BEFORE INSERT OR UPDATE OF status, trial_started_on, coupled_on, support_family_id ON couplings_coupling
FOR EACH ROW WHEN (NEW.status IN ('trial', 'coupled'))
EXECUTE FUNCTION couplings_vog_guard();
"""
BACKWARDS = """
DROP TRIGGER coupling_has_valid_vog ON couplings_coupling;
DROP FUNCTION couplings_vog_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("couplings", "0001_initial"), ("vog", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
