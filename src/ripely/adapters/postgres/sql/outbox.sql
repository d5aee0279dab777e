-- claim: take effects that are due, oldest first.
UPDATE outbox SET claimed_by = %(me)s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM outbox WHERE claimed_by IS NULL AND next_at <= now()
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
RETURNING body, attempts;

-- free: effects of dead dispatchers are anybody's again; doing one twice does no harm.
UPDATE outbox SET claimed_by = NULL WHERE claimed_by = ANY(%(dead)s);

-- remove: effects that are done, and still ours.
DELETE FROM outbox WHERE id = ANY(%(ids)s) AND claimed_by = %(me)s;

-- retry: let effects wait.
UPDATE outbox AS o SET claimed_by = NULL, next_at = t.at, reason = t.reason
FROM unnest(%(ids)s::text[], %(ats)s::timestamptz[], %(reasons)s::text[]) AS t (id, at, reason)
WHERE o.id = t.id AND o.claimed_by = %(me)s;

-- put_task: give work to a person.
INSERT INTO tasks (id, contact, type, title, script, assignee, journey, step, created_at, due_at, priority)
VALUES (%(id)s, %(contact)s, %(type)s, %(title)s, %(script)s, %(assignee)s, %(journey)s, %(step)s,
        to_timestamp(%(decided_ms)s / 1000.0), to_timestamp(%(due_ms)s / 1000.0), %(priority)s)
ON CONFLICT (id) DO NOTHING;

-- put_notice: tell a colleague in the product.
INSERT INTO notices (id, contact, recipient, text, created_at)
VALUES (%(id)s, %(contact)s, %(to)s, %(text)s, to_timestamp(%(decided_ms)s / 1000.0))
ON CONFLICT (id) DO NOTHING;

-- put_message: enter a message to a colleague into the ledger.
INSERT INTO messages (id, contact, journey, version, step, channel, template, recipient, decided_at, body)
VALUES (%(id)s, %(contact)s, %(journey)s, %(version)s, %(step)s, %(channel)s, %(template)s, %(recipient)s,
        to_timestamp(%(decided_ms)s / 1000.0), %(body)b)
ON CONFLICT (id) DO NOTHING;

-- put_queued: let a call wait for its team, unless it has been released already.
INSERT INTO queue (id, contact, team, priority, title, decided_at, until_at, body)
SELECT %(id)s, %(contact)s, %(team)s, %(priority)s, %(title)s, to_timestamp(%(decided_ms)s / 1000.0),
       to_timestamp(nullif(%(until_ms)s::bigint, 0) / 1000.0), %(body)b
WHERE NOT EXISTS (SELECT FROM tasks WHERE id = %(id)s)
ON CONFLICT (id) DO NOTHING;

-- open_queue: say that calls wait for a team.
INSERT INTO queues (team) VALUES (%(team)s) ON CONFLICT (team) DO NOTHING;

-- forget_queued: calls to contacts that are forgotten wait no more.
DELETE FROM queue WHERE contact = ANY(%(contacts)s);

-- forget_notices: lines about contacts that are forgotten go.
DELETE FROM notices WHERE contact = ANY(%(contacts)s);

-- forget_examples: reports of backtests name nobody who is forgotten.
UPDATE backtests_backtest
SET report = regexp_replace(report, %(examples)s, '"contact":0', 'g')
WHERE report ~ %(examples)s;

-- forget_running: who works at a backtest may have seen them before.
UPDATE backtests_backtest SET forgotten = forgotten || to_jsonb(%(contacts)s::bigint[])
WHERE state IN ('waiting', 'running');

-- forget_tasks: of tasks it is kept that there were some, for the pace of teams, but not what they say.
UPDATE tasks SET title = %(forgotten)s, script = '', remark = '', done_at = coalesce(done_at, now()),
                 outcome = CASE WHEN done_at IS NULL THEN %(forgotten)s ELSE outcome END
WHERE contact = ANY(%(contacts)s);
