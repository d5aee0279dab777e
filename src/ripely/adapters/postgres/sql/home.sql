-- here: the server, the database in it, and where it keeps its files, if we may know.
SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),
       CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE') THEN current_setting('data_directory') END
FROM pg_control_system();

-- settle: be at home here, unless somewhere else was said before.
INSERT INTO home (name) VALUES (%(here)s) ON CONFLICT (is_home) DO NOTHING;

-- known: where home is.
SELECT name FROM home;

-- move: be at home here from now on.
INSERT INTO home (name) VALUES (%(here)s) ON CONFLICT (is_home) DO UPDATE SET name = excluded.name;
