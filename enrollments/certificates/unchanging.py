"""What the database refuses to change on a certificate: the body of a trigger, in PL/pgSQL."""

# What may still move on a row: while it is numbered, all but its identity; once frozen, only its way from state to state; once
# the paper stands, no byte of it.
_MOVING = (
    "state was_confirmed_by_learner confirm_until file sha256 size lease_until tries error is_stuck drawn_at signed_at"
    " delivered_at synced_at revoked_at revoked_reason"
)
PRINTED_NEVER_CHANGES = f"""
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a number that was given out is never taken back' USING ERRCODE = 'restrict_violation';
END IF;
IF (NEW.enrollment_id, NEW.series_id, NEW.sequence, NEW.number, NEW.public_id, NEW.issued_on)
   IS DISTINCT FROM (OLD.enrollment_id, OLD.series_id, OLD.sequence, OLD.number, OLD.public_id, OLD.issued_on) THEN
    RAISE EXCEPTION 'a certificate keeps its number' USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.frozen_at IS NOT NULL AND (to_jsonb(NEW) - '{{{",".join(_MOVING.split())}}}'::text[] - 'registration_code')
   <> (to_jsonb(OLD) - '{{{",".join(_MOVING.split())}}}'::text[] - 'registration_code') THEN
    RAISE EXCEPTION 'what is printed never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.frozen_at IS NOT NULL AND NEW.registration_code <> OLD.registration_code
   AND NOT (OLD.state = 'confirmed' AND OLD.needs_registration AND OLD.registration_code = '') THEN
    RAISE EXCEPTION 'what is printed never changes' USING ERRCODE = 'restrict_violation';
END IF;
IF OLD.state IN ('signed', 'delivered', 'synced', 'revoked')
   AND (NEW.file, NEW.sha256, NEW.size) IS DISTINCT FROM (OLD.file, OLD.sha256, OLD.size) THEN
    RAISE EXCEPTION 'a paper that stands never changes' USING ERRCODE = 'restrict_violation';
END IF;
RETURN NEW;
"""
