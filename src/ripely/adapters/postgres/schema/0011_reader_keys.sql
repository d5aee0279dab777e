-- write_keys: the key of a reader may ask about history, and send nothing.
ALTER TABLE write_keys DROP CONSTRAINT write_keys_kind_check;
ALTER TABLE write_keys ADD CONSTRAINT write_keys_kind_check CHECK (kind IN ('page', 'server', 'reader'));
