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
    exact String,
    INDEX by_position position TYPE minmax
) ENGINE = MergeTree
PARTITION BY toYYYYMM(occurred_at) ORDER BY (name, contact, occurred_at, position, n)
SETTINGS old_parts_lifetime = 60;

CREATE TABLE IF NOT EXISTS decisions (
    contact Int64,
    position Int64,
    n Int32,
    "at" DateTime64(3, 'UTC'),
    kind LowCardinality(String),
    subject String,
    reason String,
    value Int64,
    INDEX by_position position TYPE minmax
) ENGINE = MergeTree
PARTITION BY toYYYYMM("at") ORDER BY (contact, "at", position, n)
SETTINGS old_parts_lifetime = 60;

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
) ENGINE = ReplacingMergeTree(position)
PARTITION BY toYYYYMM("at") ORDER BY (contact, toDate("at"))
SETTINGS old_parts_lifetime = 60;

-- How far each partition of the log is kept; the greatest counts.
CREATE TABLE IF NOT EXISTS kept (partition Int16, position Int64)
ENGINE = ReplacingMergeTree(position) ORDER BY partition;

-- Who has come to keep history, one after another: only the last of them may.
CREATE TABLE IF NOT EXISTS keepers (number Int64, keeper String) ENGINE = MergeTree ORDER BY number;

-- Who is being erased, for as long as it takes.
CREATE TABLE IF NOT EXISTS erasing (contact Int64) ENGINE = MergeTree ORDER BY contact
SETTINGS old_parts_lifetime = 60;

CREATE OR REPLACE VIEW positions AS
SELECT partition, max(position) AS position FROM kept GROUP BY partition;

CREATE OR REPLACE VIEW snapshots AS SELECT * FROM people;

CREATE OR REPLACE VIEW present AS
SELECT * FROM people ORDER BY contact, position DESC LIMIT 1 BY contact;

CREATE OR REPLACE VIEW deliveries AS
SELECT contact, position, n, occurred_at AS "at", properties['message'][1] AS message,
       splitByChar('.', name)[1] AS channel, splitByChar('.', name)[2] AS outcome,
       properties['template'][1] AS template, properties['journey'][1] AS journey,
       properties['step'][1] AS step, properties['reason'][1] AS reason
FROM events WHERE source = 'dispatch' AND mapContains(properties, 'message');
