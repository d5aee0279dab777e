-- begin: have all contacts asked about a ruleset that has just been published.
INSERT INTO sweeps (position, ruleset, previous)
VALUES (%(position)s, %(ruleset)s,
        coalesce((SELECT id FROM rulesets WHERE id <> %(ruleset)s ORDER BY position DESC LIMIT 1), ''));

-- markers: every ruleset that was ever published, and the log position after which it holds.
SELECT position, ruleset FROM sweeps ORDER BY position;

-- next: the oldest sweep to go on with, once every partition has come to its rules.
SELECT position, ruleset, previous, contact FROM sweeps
WHERE finished_at IS NULL AND position <= (SELECT min(p.position) FROM positions p)
ORDER BY position LIMIT 1;

-- waiting: whether so many events or more are not folded yet. No chunk is looked at beyond those.
SELECT coalesce(sum(events), 0) >= %(most)s FROM (
    SELECT events FROM log WHERE position > (SELECT min(position) FROM positions)
    ORDER BY position LIMIT %(most)s
) AS ahead;

-- contacts: the contacts after one, in order.
SELECT contact FROM profiles WHERE contact > %(after)s ORDER BY contact LIMIT %(limit)s;

-- advance: say how far a sweep is, unless another has been faster.
UPDATE sweeps SET contact = %(upto)s, finished_at = CASE WHEN %(finished)s THEN now() END
WHERE position = %(position)s AND contact = %(after)s AND finished_at IS NULL;
