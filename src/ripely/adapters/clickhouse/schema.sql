-- The archive in ClickHouse: every column is described in docs/archive.md. Moments are in UTC.

CREATE TABLE IF NOT EXISTS events (
    contact Int64,
    position Int64,
    n Int32,
    id Int64,
    name LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    received_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    counts Bool,
    url String,
    properties Map(String, Array(String)),
    exact String
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at) ORDER BY (name, contact, occurred_at, position, n);

CREATE TABLE IF NOT EXISTS decisions (
    contact Int64,
    position Int64,
    n Int32,
    "at" DateTime64(3, 'UTC'),
    kind LowCardinality(String),
    subject String,
    reason String,
    value Int64
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM("at") ORDER BY (contact, "at", position, n);

CREATE TABLE IF NOT EXISTS people (
    contact Int64,
    position Int64,
    "at" DateTime64(3, 'UTC'),
    merged_into Nullable(Int64),
    created_s Int64,
    seen_s Int64,
    visits Int64,
    attributes Map(String, Array(String)),
    tags Array(String),
    lists Map(String, Int64),
    segments Map(String, Int64),
    lifecycle LowCardinality(String),
    consents Map(String, Bool),
    topics Map(String, Bool),
    suppressed Map(String, String),
    first_touch Map(String, String),
    last_touch Map(String, String),
    scores Map(String, Tuple(points Float64, lasting Int64, at_s Int64, half_life Int64, least Nullable(Int64), most Nullable(Int64))),
    trends Map(String, Array(Tuple(at_s Int64, points Int64))),
    inside Array(Tuple(journey String, version Int32, step String, entered_s Int64, since_s Int64)),
    entered Map(String, Int64),
    goals Map(String, Int64),
    deals Array(Tuple(id String, pipeline String, stage String, state String, value Float64, moved_s Int64)),
    quotes Array(Tuple(id String, state String, value Float64, changed_s Int64)),
    cart Array(Tuple(product String, quantity Float64, price Float64, category String)),
    cart_touched_s Int64
) ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM("at") ORDER BY (contact, position);

CREATE OR REPLACE VIEW present AS
SELECT * FROM people ORDER BY contact, position DESC LIMIT 1 BY contact;
