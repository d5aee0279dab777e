-- lock: keep every other session from importing this file; false when one does.
SELECT pg_try_advisory_lock(%(space)s, hashtext(%(key)s));

-- unlock: let others import this file.
SELECT pg_advisory_unlock(%(space)s, hashtext(%(key)s));

-- begin: enter an import that is new.
INSERT INTO imports (key, file) VALUES (%(key)s, %(file)s) ON CONFLICT (key) DO NOTHING;

-- progress: how far an import is.
SELECT read_bytes, lines, events, rejected, told_bytes, finished_at IS NOT NULL
FROM imports WHERE key = %(key)s;

-- advance: say how far an import is now.
UPDATE imports SET
    read_bytes = %(end)s, lines = %(lines)s, events = %(events)s, rejected = %(rejected)s,
    told_bytes = %(told_bytes)s, finished_at = CASE WHEN %(finished)s THEN now() END
WHERE key = %(key)s;
