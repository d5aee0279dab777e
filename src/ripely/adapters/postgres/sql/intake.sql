-- append_known: append chunks whose contacts need no more than what is known, in one round trip; 0 when it is not so.
SELECT append_known(
    %(lock)s, %(epoch)s, %(kinds)s::smallint[], %(names)s::text[], %(contacts)s::bigint[],
    %(lanes)s::integer[], %(counts)s::integer[], %(bodies)s::bytea[]
);

-- begin: open a transaction.
BEGIN;

-- wait_turn: wait until nobody else appends.
SELECT pg_advisory_xact_lock(%(lock)s);

-- epoch: how often a known identity has moved.
SELECT last_value + is_called::integer FROM identity_epoch;

-- known: who has these identities, and by what else those contacts are known, but for devices.
WITH claimed AS MATERIALIZED (
    SELECT i.kind, i.value, i.contact
    FROM unnest(%(kinds)s::smallint[], %(names)s::text[]) AS c (kind, value)
    JOIN identities i USING (kind, value)
)
SELECT kind, value, contact FROM claimed
UNION
SELECT kind, value, contact FROM identities
WHERE kind BETWEEN 2 AND 5
    AND contact IN (SELECT contact FROM claimed UNION SELECT unnest(%(named)s::bigint[]));

-- merge: give what a contact is known by to the one it turned out to be.
UPDATE identities SET contact = m.winner
FROM unnest(%(losers)s::bigint[], %(winners)s::bigint[]) AS m (loser, winner)
WHERE contact = m.loser;

-- learn: keep whose identities are, new ones and those that moved.
INSERT INTO identities (kind, value, contact)
SELECT * FROM unnest(%(kinds)s::smallint[], %(names)s::text[], %(contacts)s::bigint[])
ON CONFLICT (kind, value) DO UPDATE SET contact = excluded.contact;

-- move_epoch: tell every process to forget whose is what.
SELECT nextval('identity_epoch') + 1;

-- append: keep chunks for good, in their order, inside a transaction that has its turn.
INSERT INTO log (position, lanes, events, body)
SELECT nextval('log_position'), lanes, events, body FROM (
    SELECT * FROM unnest(%(lanes)s::integer[], %(counts)s::integer[], %(bodies)s::bytea[])
        WITH ORDINALITY AS c (lanes, events, body, number) ORDER BY number
) AS chunks;

-- commit: make it durable.
COMMIT;

-- rollback: leave everything as it was.
ROLLBACK;
