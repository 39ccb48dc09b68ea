"""A place that is taken on Monday is free on Wednesday: the guard of matching looks at what was agreed.

A coupling with an agreement takes the parts of the week that are booked, and no others. What has no booking yet (a
proposal, a first meeting, help that comes as it is needed) may need any part, and takes a place in all of them. There is
room when one part of the week that the asking family and the support family both name (or, where one of them names
none, the other) has a place for everybody. This stands here because bookings do; the trigger is that of matching.
"""

from django.db import migrations

FORWARDS = """
CREATE OR REPLACE FUNCTION matching_room_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    holds constant text[] := ARRAY['draft', 'support_asked', 'parents_asked', 'accepted', 'introduced'];
    changed uuid;
    support uuid;
    asking uuid;
    room integer;
    asked text[];
    offered text[];
    parts text[];
    loose integer;
    least integer := 0;
BEGIN
    IF TG_TABLE_NAME = 'matching_proposalchild' THEN
        changed := NEW.proposal_id;
    ELSE
        changed := NEW.id;
    END IF;
    SELECT support_family_id, family_id INTO support, asking FROM matching_matchproposal
    WHERE id = changed AND status = ANY (holds) AND places_freed_on IS NULL;
    IF support IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM families_supportfamily WHERE id = support FOR NO KEY UPDATE;
    SELECT capacity, day_parts INTO room, offered FROM intake_supportoffer WHERE family_id = support;
    SELECT day_parts INTO asked FROM intake_supportneed WHERE family_id = asking;
    SELECT array_agg(part) INTO parts FROM unnest(asked) AS part WHERE part = ANY (offered);
    parts := coalesce(parts, nullif(asked, '{}'), nullif(offered, '{}'), '{}');
    SELECT count(*) INTO loose FROM matching_proposalchild child
    JOIN matching_matchproposal proposal ON proposal.id = child.proposal_id
    WHERE proposal.support_family_id = support
        AND proposal.status = ANY (holds)
        AND proposal.places_freed_on IS NULL
        AND NOT EXISTS (
            SELECT FROM couplings_coupling coupling
            JOIN agreements_couplingagreement agreement ON agreement.coupling_id = coupling.id
            JOIN agreements_booking booking ON booking.agreement_id = agreement.id
            WHERE coupling.proposal_id = proposal.id
                AND (booking.ends_on IS NULL OR booking.ends_on >= current_date)
        );
    SELECT coalesce(min(taken), 0) INTO least FROM (
        SELECT count(DISTINCT booking.child_id) AS taken
        FROM unnest(parts) AS part
        LEFT JOIN (
            SELECT booked.day_part, booked.child_id FROM agreements_booking booked
            JOIN agreements_couplingagreement agreement ON agreement.id = booked.agreement_id
            JOIN couplings_coupling coupling ON coupling.id = agreement.coupling_id
            JOIN matching_matchproposal proposal ON proposal.id = coupling.proposal_id
            WHERE proposal.support_family_id = support
                AND proposal.status = ANY (holds)
                AND proposal.places_freed_on IS NULL
                AND (booked.ends_on IS NULL OR booked.ends_on >= current_date)
        ) AS booking ON booking.day_part = part
        GROUP BY part
    ) AS counted;
    IF loose + least > coalesce(room, 0) THEN
        RAISE EXCEPTION 'room_guard: more children than there is room for'
            USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'room_at_support_family';
    END IF;
    RETURN NULL;
END
$guard$;
"""
BACKWARDS = """
CREATE OR REPLACE FUNCTION matching_room_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0003_booking_guard"),
        ("matching", "0002_room_guard"),
        ("intake", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
