-- latest: stories of a contact before a position, newest first.
SELECT position, body FROM history WHERE contact = %(contact)s AND position < %(before)s
ORDER BY position DESC LIMIT %(limit)s;

-- begin_anew: history begins with this story.
UPDATE history SET body = %(body)b WHERE contact = %(contact)s AND position = %(position)s;

-- cut_history: nothing is told of what was before.
DELETE FROM history WHERE contact = %(contact)s AND position < %(position)s;

-- leave_trace: keep where in the log some batches of a contact are.
INSERT INTO traces (contact, position, body) VALUES (%(contact)s, %(position)s, %(body)b)
ON CONFLICT (contact, position) DO NOTHING;

-- take_trace: the next batches to be taken out of the log, unless somebody else is at it.
WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(%(erasers)s) AS ours)
SELECT contact, position, body FROM turn, traces WHERE ours ORDER BY contact, position LIMIT 1;

-- drop_trace: those batches are out of the log.
DELETE FROM traces WHERE contact = %(contact)s AND position = %(position)s;

-- chunks: the chunks at these positions.
SELECT position, body FROM log WHERE position = ANY(%(positions)s);

-- chunks_before: chunks with events of a partition between two positions, newest first.
SELECT position, body FROM log
WHERE position > %(after)s AND position < %(before)s AND lanes & %(lane)s <> 0
ORDER BY position DESC LIMIT %(limit)s;

-- rewrite_chunk: what is left of a chunk stays where it is.
UPDATE log SET body = %(body)b, events = events - %(gone)s WHERE position = %(position)s;

-- waiting: effects that wait for some contacts.
SELECT id, body FROM outbox WHERE contact = ANY(%(contacts)s);

-- drop_waiting: effects that are not to be done any more.
DELETE FROM outbox WHERE id = ANY(%(ids)s);

-- forget_mails: mails that the demo's own server received.
DELETE FROM demo_mail WHERE recipient IN (
    SELECT recipient FROM messages WHERE contact = ANY(%(contacts)s) UNION
    SELECT value FROM identities WHERE contact = ANY(%(contacts)s)
);

-- forget_messages: that there was a message is kept, but not to whom, nor what others said of it. What waits is held.
UPDATE messages AS m
SET recipient = '', segments = '{}',
    reason = CASE WHEN m.outcome = 'held' OR m.reason = '' AND m.outcome IS NOT NULL THEN m.reason ELSE %(forgotten)s END,
    outcome = CASE WHEN m.claimed_by IS NULL THEN coalesce(m.outcome, 'held') ELSE m.outcome END,
    finished_at = CASE WHEN m.claimed_by IS NULL THEN coalesce(m.finished_at, now()) ELSE m.finished_at END,
    body = CASE WHEN m.claimed_by IS NULL THEN NULL ELSE m.body END
FROM unnest(%(contacts)s::bigint[], %(until_ms)s::bigint[]) AS gone (contact, until_ms)
WHERE m.contact = gone.contact AND m.decided_at <= to_timestamp(gone.until_ms / 1000.0);

-- take_turn: wait until nobody else appends, or settles who is who.
SELECT pg_advisory_xact_lock(%(lock)s);

-- fingerprint: keep by what contacts could be written to or named as fingerprints.
INSERT INTO forgotten (kind, hash, contact)
SELECT kind, sha256(convert_to(value, 'UTF8')), contact FROM identities
WHERE contact = ANY(%(contacts)s) AND kind = ANY(%(kinds)s::smallint[])
ON CONFLICT (kind, hash) DO UPDATE SET contact = excluded.contact;

-- forget_identities: nobody is known by these any more.
DELETE FROM identities WHERE contact = ANY(%(contacts)s);

-- begin_epoch: have all collectors drop whom they know.
SELECT nextval('identity_epoch');
