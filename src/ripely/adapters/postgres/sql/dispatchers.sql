-- enlist: say that this session is a dispatcher, for as long as it lives, and under which number.
WITH me AS MATERIALIZED (SELECT nextval('dispatchers')::integer AS number)
SELECT number, pg_advisory_lock(%(dispatchers)s, number) FROM me;

-- dead: dispatchers that hold claims and live no more.
SELECT number FROM (
    SELECT claimed_by FROM messages WHERE outcome IS NULL AND claimed_by IS NOT NULL
    UNION
    SELECT claimed_by FROM outbox WHERE claimed_by IS NOT NULL
) AS claimant (number)
WHERE number NOT IN (
    SELECT objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND classid = %(dispatchers)s AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
);
