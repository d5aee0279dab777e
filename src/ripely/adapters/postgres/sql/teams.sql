-- queued: teams for which calls wait.
SELECT team FROM queues WHERE EXISTS (SELECT FROM queue WHERE queue.team = queues.team) ORDER BY team;

-- take: decide alone for a team until the transaction ends.
SELECT pg_advisory_xact_lock(%(teams)s, hashtext(%(team)s));

-- last: who of a team became an owner by turns last of all.
SELECT who FROM assignments WHERE team = %(team)s AND how = 'turns' ORDER BY number DESC LIMIT 1;

-- given: how many contacts each was given since a moment.
SELECT who, count(*) FROM assignments WHERE team = %(team)s AND at > %(since)s GROUP BY who;

-- released: the calls of a team since a moment, each with who makes it, and whether it is to be made yet.
SELECT released_at, assignee, done_at IS NULL FROM tasks
WHERE team = %(team)s AND released_at > %(since)s ORDER BY released_at, id;

-- open: how many other calls each has to make.
SELECT assignee, count(*) FROM tasks
WHERE done_at IS NULL AND type = 'call' AND assignee = ANY(%(people)s)
  AND NOT (team = %(team)s AND released_at IS NOT NULL AND released_at > %(since)s)
GROUP BY assignee;

-- choose: keep who became an owner.
INSERT INTO assignments (id, team, who, how, at) VALUES (%(id)s, %(team)s, %(who)s, %(how)s, %(at)s)
ON CONFLICT (id) DO NOTHING;

-- forget_chosen: drop choices of long ago, but for the latest by turns.
DELETE FROM assignments WHERE team = %(team)s AND at < %(since)s AND number IS DISTINCT FROM (
    SELECT number FROM assignments WHERE team = %(team)s AND how = 'turns' ORDER BY number DESC LIMIT 1
);

-- next: the calls to be released first.
SELECT body FROM queue WHERE team = %(team)s ORDER BY priority DESC, decided_at, id LIMIT %(limit)s;

-- expired: calls that have waited longer than they may.
SELECT body FROM queue WHERE team = %(team)s AND until_at <= %(now)s ORDER BY until_at, id LIMIT %(limit)s;

-- put_task: give a call to its person.
INSERT INTO tasks (id, contact, type, title, script, assignee, journey, step, created_at, due_at,
                   team, priority, released_at)
VALUES (%(id)s, %(contact)s, %(type)s, %(title)s, %(script)s, %(assignee)s, %(journey)s, %(step)s,
        to_timestamp(%(decided_ms)s / 1000.0), to_timestamp(%(due_ms)s / 1000.0),
        %(team)s, %(priority)s, %(at)s)
ON CONFLICT (id) DO NOTHING;

-- remove: calls that wait no more.
DELETE FROM queue WHERE id = ANY(%(ids)s);

-- explain: say why the calls of a team wait.
UPDATE queues SET reason = %(reason)s, since = %(at)s WHERE team = %(team)s AND reason <> %(reason)s;
