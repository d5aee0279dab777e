-- write_keys: a page's key everybody can read, so it says less than a server's, of which only the fingerprint is kept.
ALTER TABLE write_keys ADD COLUMN kind text NOT NULL DEFAULT 'page' CHECK (kind IN ('page', 'server'));
