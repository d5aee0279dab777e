-- sources: the keys that are good now, and what sends with each.
SELECT key, source, kind FROM write_keys WHERE revoked_at IS NULL AND kind <> 'reader';
