-- take_turn: wait until nobody else appends, and return how often a known identity has moved.
CREATE FUNCTION take_turn(turn bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(turn);
    RETURN (SELECT last_value + is_called::integer FROM identity_epoch);
END $$;

-- append_settled: keep what was decided about people, and append their events, when it is our turn.
-- What a loser of a merge is known by goes to its winner; `kinds`, `names` and `contacts` are
-- identities that are new or have moved.
CREATE FUNCTION append_settled(
    losers bigint[], winners bigint[], kinds smallint[], names text[], contacts bigint[], moved boolean,
    lanes integer[], counts integer[], bodies bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(losers) > 0 THEN
        UPDATE identities SET contact = merge.winner
        FROM unnest(losers, winners) AS merge (loser, winner) WHERE contact = merge.loser;
    END IF;
    IF cardinality(kinds) > 0 THEN
        INSERT INTO identities (kind, value, contact) SELECT * FROM unnest(kinds, names, contacts)
        ON CONFLICT (kind, value) DO UPDATE SET contact = excluded.contact;
    END IF;
    IF moved THEN
        PERFORM nextval('identity_epoch');
    END IF;
    FOR number IN 1 .. cardinality(bodies) LOOP
        INSERT INTO log (position, lanes, events, body)
        VALUES (nextval('log_position'), lanes[number], counts[number], bodies[number]);
    END LOOP;
END $$;
