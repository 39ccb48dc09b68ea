"""No more children promised to a support family than it has room for: the database refuses it too.

A proposal takes a place for each of its children while it is open, and after that until its coupling has ended. The
support family is locked before counting, so of two proposals at the same moment the second sees the first. What is
already there may stay when a family lowers its number: only a new place is refused.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION matching_room_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    holds constant text[] := ARRAY['draft', 'support_asked', 'parents_asked', 'accepted', 'introduced'];
    changed uuid;
    support uuid;
    room integer;
    taken integer;
BEGIN
    IF TG_TABLE_NAME = 'matching_proposalchild' THEN
        changed := NEW.proposal_id;
    ELSE
        changed := NEW.id;
    END IF;
    SELECT support_family_id INTO support FROM matching_matchproposal
    WHERE id = changed AND status = ANY (holds) AND places_freed_on IS NULL;
    IF support IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM families_supportfamily WHERE id = support FOR NO KEY UPDATE;
    SELECT capacity INTO room FROM intake_supportoffer WHERE family_id = support;
    SELECT count(*) INTO taken FROM matching_proposalchild child
    JOIN matching_matchproposal proposal ON proposal.id = child.proposal_id
    WHERE proposal.support_family_id = support
        AND proposal.status = ANY (holds)
        AND proposal.places_freed_on IS NULL;
    IF taken > coalesce(room, 0) THEN
        RAISE EXCEPTION 'room_guard: more children than there is room for'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'room_at_support_family';
    END IF;
    RETURN NULL;
END
$guard$;

CREATE TRIGGER room_guard_child AFTER INSERT OR UPDATE ON matching_proposalchild
FOR EACH ROW EXECUTE FUNCTION matching_room_guard();

CREATE TRIGGER room_guard_proposal AFTER UPDATE OF status, places_freed_on, support_family_id ON matching_matchproposal
FOR EACH ROW WHEN (
    OLD.support_family_id <> NEW.support_family_id
    OR (OLD.places_freed_on IS NOT NULL AND NEW.places_freed_on IS NULL)
    OR (
        OLD.status IN ('declined_by_support', 'declined_by_parents', 'withdrawn')
        AND NEW.status NOT IN ('declined_by_support', 'declined_by_parents', 'withdrawn')
    )
)
EXECUTE FUNCTION matching_room_guard();
"""
BACKWARDS = """
DROP TRIGGER room_guard_proposal ON matching_matchproposal;
DROP TRIGGER room_guard_child ON matching_proposalchild;
DROP FUNCTION matching_room_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial"), ("intake", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
