-- append_known: the collector's usual append, in one round trip. The identities are anonymous ones
-- that the collector has not met; each makes a contact of its own unless somebody has it already.
-- Returns the last position; 0, and nothing appended, when an identity has moved or belongs to
-- another contact. The anonymous identities stay then: they are right wherever they were new.
CREATE FUNCTION append_known(
    turn bigint, epoch bigint, kinds smallint[], names text[], contacts bigint[],
    lanes integer[], counts integer[], bodies bytea[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    place bigint := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(turn);
    IF epoch <> (SELECT last_value + is_called::integer FROM identity_epoch) THEN
        RETURN 0;
    END IF;
    IF cardinality(kinds) > 0 THEN
        INSERT INTO identities (kind, value, contact)
        SELECT * FROM unnest(kinds, names, contacts) ON CONFLICT DO NOTHING;
        PERFORM 1 FROM unnest(kinds, names, contacts) AS guess (kind, value, contact)
            JOIN identities known USING (kind, value)
            WHERE known.contact <> guess.contact;
        IF FOUND THEN
            RETURN 0;
        END IF;
    END IF;
    FOR number IN 1 .. cardinality(bodies) LOOP
        INSERT INTO log (position, lanes, events, body)
        VALUES (nextval('log_position'), lanes[number], counts[number], bodies[number])
        RETURNING position INTO place;
    END LOOP;
    RETURN place;
END $$;
