-- append_known: append chunks whose contacts need no more than what is known, in one round trip; 0 when it is not so.
SELECT append_known(
    %(lock)s, %(epoch)s, %(kinds)s::smallint[], %(names)s::text[], %(contacts)s::bigint[],
    %(lanes)s::integer[], %(counts)s::integer[], %(bodies)b::bytea[]
);

-- begin: open a transaction.
BEGIN;

-- take_turn: wait until nobody else appends; return the epoch.
SELECT take_turn(%(lock)s);

-- known: who has these identities, or had them before being forgotten, and by what else those contacts are known, but for devices.
WITH claimed AS MATERIALIZED (
    SELECT c.kind, c.value, coalesce(i.contact, f.contact) AS contact
    FROM unnest(%(kinds)s::smallint[], %(names)s::text[]) AS c (kind, value)
    LEFT JOIN identities i USING (kind, value)
    LEFT JOIN forgotten f ON i.contact IS NULL AND f.kind = c.kind AND f.hash = sha256(convert_to(c.value, 'UTF8'))
    WHERE i.contact IS NOT NULL OR f.contact IS NOT NULL
)
SELECT kind, value, contact FROM claimed
UNION
SELECT kind, value, contact FROM identities
WHERE kind BETWEEN 2 AND 5
    AND contact IN (SELECT contact FROM claimed UNION SELECT unnest(%(named)s::bigint[]));

-- append_settled: keep what was learned of people, and append.
SELECT append_settled(
    %(losers)s::bigint[], %(winners)s::bigint[],
    %(kinds)s::smallint[], %(names)s::text[], %(contacts)s::bigint[], %(moved)s,
    %(lanes)s::integer[], %(counts)s::integer[], %(bodies)b::bytea[]
);

-- commit: make it durable.
COMMIT;
