-- claim: take messages that are due, oldest first.
UPDATE messages SET claimed_by = %(me)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM messages
    WHERE outcome IS NULL AND claimed_by IS NULL AND next_at <= now()
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING body, attempts;

-- hand_over: from here on these may have left.
UPDATE messages SET handed = true
WHERE id = ANY(%(ids)s) AND claimed_by = %(me)s AND outcome IS NULL
RETURNING id;

-- settle: record outcomes of messages that are still ours.
UPDATE messages AS m
SET outcome = t.outcome, reason = t.reason, finished_at = now(), body = NULL
FROM unnest(%(ids)s::text[], %(outcomes)s::text[], %(reasons)s::text[]) AS t (id, outcome, reason)
WHERE m.id = t.id AND m.claimed_by = %(me)s AND m.outcome IS NULL
RETURNING m.id;

-- retry: let messages that have not left wait.
UPDATE messages AS m
SET claimed_by = NULL, handed = false, next_at = t.at, reason = t.reason
FROM unnest(%(ids)s::text[], %(ats)s::timestamptz[], %(reasons)s::text[]) AS t (id, at, reason)
WHERE m.id = t.id AND m.claimed_by = %(me)s AND m.outcome IS NULL;

-- free: what dead dispatchers had claimed and surely not sent is anybody's again.
UPDATE messages SET claimed_by = NULL
WHERE outcome IS NULL AND claimed_by = ANY(%(dead)s) AND NOT handed;

-- adopt: what dead dispatchers may have sent is ours to settle.
UPDATE messages SET claimed_by = %(me)s
WHERE outcome IS NULL AND claimed_by = ANY(%(dead)s) AND handed
RETURNING body;

-- find: what a link needs to know of its message.
SELECT contact, journey, step, template,
       (extract(epoch FROM coalesce(finished_at, decided_at)) * 1000)::bigint AS sent_ms, segments
FROM messages WHERE id = %(message)s;

-- count: add one to a live counter of a template.
INSERT INTO tallies (kind, subject, item, lane, n) VALUES ('mail', %(template)s, %(what)s, -1, 1)
ON CONFLICT (kind, subject, item, lane) DO UPDATE SET n = tallies.n + 1;
