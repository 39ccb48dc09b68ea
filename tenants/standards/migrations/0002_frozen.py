"""A published text is never changed or taken away: agreements and intakes name the version they were made with."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION standards_frozen() RETURNS trigger LANGUAGE plpgsql AS $frozen$
BEGIN
    RAISE EXCEPTION 'standards: a published version is never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_frozen';
END
$frozen$;

CREATE TRIGGER standard_frozen BEFORE UPDATE OR DELETE ON standards_standard
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
EXECUTE FUNCTION standards_frozen();
"""
BACKWARDS = """
DROP TRIGGER standard_frozen ON standards_standard;
DROP FUNCTION standards_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
