-- imports: files of events, by what is in them and how it is read, and how far each is imported.
CREATE TABLE imports (
    key text PRIMARY KEY,
    file text NOT NULL,
    read_bytes bigint NOT NULL DEFAULT 0,
    lines bigint NOT NULL DEFAULT 0,
    events bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    told_bytes bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
