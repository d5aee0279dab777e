-- sweeps: how far all contacts have been asked about rules that changed.
CREATE TABLE sweeps (
    position bigint PRIMARY KEY,
    ruleset text NOT NULL,
    previous text NOT NULL,
    contact bigint NOT NULL DEFAULT -1,
    finished_at timestamptz
);
