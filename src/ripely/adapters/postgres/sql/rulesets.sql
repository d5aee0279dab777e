-- put: keep a ruleset; one that is there already stays, and holds again from its new position.
INSERT INTO rulesets (id, documents, position) VALUES (%(id)s, %(documents)b, %(position)s)
ON CONFLICT (id) DO UPDATE SET position = excluded.position, published_at = now();

-- documents: what a ruleset is made of.
SELECT documents FROM rulesets WHERE id = %(id)s;

-- current: the ruleset published last.
SELECT id FROM rulesets ORDER BY position DESC LIMIT 1;
