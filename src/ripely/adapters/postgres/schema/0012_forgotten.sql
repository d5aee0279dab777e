-- forgotten: by what the forgotten could be written to or named, as fingerprints alone: who comes back is the contact that refused.
CREATE TABLE forgotten (
    kind smallint NOT NULL,
    hash bytea NOT NULL,
    contact bigint NOT NULL,
    PRIMARY KEY (kind, hash)
);

-- traces: where the log still holds what the forgotten did, some batches a row, until it is taken out.
CREATE TABLE traces (
    contact bigint NOT NULL,
    position bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (contact, position)
);
