-- enlist: say that this session is a worker, for as long as it lives.
SELECT pg_advisory_lock(%(workers)s, pg_backend_pid());

-- workers: how many workers live.
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %(workers)s AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database());

-- take_partition: claim a partition for this session, unless another holds it.
SELECT pg_try_advisory_lock(%(partitions)s, %(partition)s);

-- leave_partition: let another worker have a partition.
SELECT pg_advisory_unlock(%(partitions)s, %(partition)s);

-- positions: how far partitions are, and under which rules.
SELECT partition, position, ruleset FROM positions WHERE partition = ANY(%(partitions)s);

-- load: profiles of some contacts.
SELECT contact, body, quarantined FROM profiles WHERE contact = ANY(%(contacts)s);

-- parked: events of a contact in quarantine, oldest first.
SELECT position, body FROM parked WHERE contact = %(contact)s ORDER BY position;

-- advance: move the position of partitions that are where the batch began.
UPDATE positions SET position = %(upto)s, ruleset = %(ruleset)s
WHERE partition = ANY(%(partitions)s) AND position = %(after)s;

-- save: write profiles.
INSERT INTO profiles (contact, body)
SELECT * FROM unnest(%(contacts)b::bigint[], %(bodies)b::bytea[])
ON CONFLICT (contact) DO UPDATE SET body = excluded.body;

-- tell: write what happened to contacts.
INSERT INTO history (contact, position, body)
SELECT * FROM unnest(%(contacts)b::bigint[], %(positions)b::bigint[], %(bodies)b::bytea[]);

-- set_timers: say when something next happens to contacts by time alone.
INSERT INTO timers (contact, due_s)
SELECT * FROM unnest(%(contacts)b::bigint[], %(dues)b::bigint[])
ON CONFLICT (contact) DO UPDATE SET due_s = excluded.due_s;

-- stop_timers: nothing more happens to contacts by time alone.
DELETE FROM timers WHERE contact = ANY(%(contacts)b::bigint[]);

-- put_messages: enter decided messages into the ledger. One that is there already stays as it is.
INSERT INTO messages (id, contact, journey, version, step, channel, template, recipient, decided_at,
                      body, outcome, reason, finished_at, segments)
SELECT id, contact, journey, version, step, channel, template, recipient, to_timestamp(decided_ms / 1000.0),
       CASE held WHEN '' THEN body END, CASE held WHEN '' THEN NULL ELSE 'held' END, held,
       CASE held WHEN '' THEN NULL ELSE to_timestamp(decided_ms / 1000.0) END, string_to_array(segments, ',')
FROM unnest(%(ids)b::text[], %(contacts)b::bigint[], %(journeys)b::text[], %(versions)b::int8[], %(steps)b::text[],
            %(channels)b::text[], %(templates)b::text[], %(recipients)b::text[], %(decided)b::int8[],
            %(bodies)b::bytea[], %(held)b::text[], %(segments)b::text[])
  AS t (id, contact, journey, version, step, channel, template, recipient, decided_ms, body, held, segments)
ON CONFLICT (id) DO NOTHING;

-- put_effects: hand other effects to the outbox.
INSERT INTO outbox (id, contact, body)
SELECT * FROM unnest(%(ids)b::text[], %(contacts)b::bigint[], %(bodies)b::bytea[])
ON CONFLICT (id) DO NOTHING;

-- put_cards: show contacts in lists. A segment's id has no comma in it.
INSERT INTO contacts (contact, name, email, phone, company, owner, score, level, segments, created_at, seen_at)
SELECT contact, name, email, phone, company, owner, score, level, string_to_array(segments, ','),
       to_timestamp(created_s), to_timestamp(seen_s)
FROM unnest(%(contacts)b::bigint[], %(names)b::text[], %(emails)b::text[], %(phones)b::text[], %(companies)b::text[],
            %(owners)b::text[], %(scores)b::int8[], %(levels)b::text[], %(segments)b::text[], %(created)b::int8[],
            %(seen)b::int8[])
  AS t (contact, name, email, phone, company, owner, score, level, segments, created_s, seen_s)
ON CONFLICT (contact) DO UPDATE SET
    name = excluded.name, email = excluded.email, phone = excluded.phone, company = excluded.company,
    owner = excluded.owner, score = excluded.score, level = excluded.level, segments = excluded.segments,
    created_at = excluded.created_at, seen_at = excluded.seen_at;

-- drop_cards: show contacts in lists no more.
DELETE FROM contacts WHERE contact = ANY(%(contacts)b::bigint[]);

-- count: add to the live counters.
INSERT INTO tallies (kind, subject, item, lane, n)
SELECT kind, subject, item, %(lane)s, n
FROM unnest(%(kinds)b::text[], %(subjects)b::text[], %(items)b::text[], %(ns)b::int8[]) AS t (kind, subject, item, n)
ORDER BY kind, subject, item
ON CONFLICT (kind, subject, item, lane) DO UPDATE SET n = tallies.n + excluded.n;

-- park: keep events of a contact in quarantine.
INSERT INTO parked (contact, position, body, error)
VALUES (%(contact)s, %(position)s, %(body)b, %(error)s)
ON CONFLICT (contact, position) DO UPDATE SET error = excluded.error;

-- quarantine: stop a contact.
INSERT INTO profiles (contact, body, quarantined) VALUES (%(contact)s, '', true)
ON CONFLICT (contact) DO UPDATE SET quarantined = true;

-- release: let contacts out of quarantine.
UPDATE profiles SET quarantined = false WHERE contact = ANY(%(contacts)b::bigint[]);

-- clear_parked: forget the parked events of contacts that are out of quarantine.
DELETE FROM parked WHERE contact = ANY(%(contacts)b::bigint[]);
