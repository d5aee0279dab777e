-- The archive: every column is described in docs/archive.md. Moments are in UTC.

-- events: what the fold took, derived events among them.
CREATE TABLE IF NOT EXISTS events (
    contact BIGINT,
    position BIGINT,
    n INTEGER,
    id BIGINT,
    name VARCHAR,
    occurred_at TIMESTAMP,
    received_at TIMESTAMP,
    source VARCHAR,
    counts BOOLEAN,
    url VARCHAR,
    properties MAP(VARCHAR, VARCHAR[]),
    exact VARCHAR
);
ALTER TABLE events SET PARTITIONED BY (year(occurred_at), month(occurred_at), day(occurred_at));
ALTER TABLE events SET SORTED BY (contact, occurred_at);

-- decisions: why something happened, or did not.
CREATE TABLE IF NOT EXISTS decisions (
    contact BIGINT,
    position BIGINT,
    n INTEGER,
    "at" TIMESTAMP,
    kind VARCHAR,
    subject VARCHAR,
    reason VARCHAR,
    value BIGINT
);
ALTER TABLE decisions SET PARTITIONED BY (year("at"), month("at"), day("at"));
ALTER TABLE decisions SET SORTED BY (contact, "at");

-- people: contacts as the fold left them; when compacted, as they are now.
CREATE TABLE IF NOT EXISTS people (
    contact BIGINT,
    position BIGINT,
    "at" TIMESTAMP,
    merged_into BIGINT,
    created_s BIGINT,
    seen_s BIGINT,
    visits BIGINT,
    attributes MAP(VARCHAR, VARCHAR[]),
    tags VARCHAR[],
    lists MAP(VARCHAR, BIGINT),
    segments MAP(VARCHAR, BIGINT),
    lifecycle VARCHAR,
    consents MAP(VARCHAR, BOOLEAN),
    topics MAP(VARCHAR, BOOLEAN),
    suppressed MAP(VARCHAR, VARCHAR),
    first_touch MAP(VARCHAR, VARCHAR),
    last_touch MAP(VARCHAR, VARCHAR),
    scores MAP(VARCHAR, STRUCT(points DOUBLE, lasting BIGINT, at_s BIGINT, half_life BIGINT, least BIGINT, most BIGINT)),
    trends MAP(VARCHAR, STRUCT(at_s BIGINT, points BIGINT)[]),
    inside STRUCT(journey VARCHAR, version INTEGER, step VARCHAR, entered_s BIGINT, since_s BIGINT)[],
    entered MAP(VARCHAR, BIGINT),
    goals MAP(VARCHAR, BIGINT),
    deals STRUCT(id VARCHAR, pipeline VARCHAR, stage VARCHAR, state VARCHAR, "value" DOUBLE, moved_s BIGINT)[],
    quotes STRUCT(id VARCHAR, state VARCHAR, "value" DOUBLE, changed_s BIGINT)[],
    cart STRUCT(product VARCHAR, quantity DOUBLE, price DOUBLE, category VARCHAR)[],
    cart_touched_s BIGINT
);
ALTER TABLE people SET SORTED BY (contact, position);

-- people_past: contacts as earlier days left them. What people are now is not looked for among it.
CREATE TABLE IF NOT EXISTS people_past AS FROM people LIMIT 0;
ALTER TABLE people_past SET PARTITIONED BY (year("at"), month("at"), day("at"));
ALTER TABLE people_past SET SORTED BY (contact, position);

-- positions: how far each partition of the log is kept.
CREATE TABLE IF NOT EXISTS positions (partition SMALLINT, position BIGINT);

-- snapshots: every contact as each day left it on which it changed.
CREATE OR REPLACE VIEW snapshots AS FROM people UNION ALL FROM people_past;

-- present: every contact as it is now.
CREATE OR REPLACE VIEW present AS
SELECT * FROM people SEMI JOIN (
    SELECT contact, max(position) AS position FROM people GROUP BY contact
) AS latest USING (contact, position);

-- deliveries: how each message ended that was handed to its channel.
CREATE OR REPLACE VIEW deliveries AS
SELECT contact, position, n, occurred_at AS "at", properties['message'][1] AS message,
       split_part(name, '.', 1) AS channel, split_part(name, '.', 2) AS outcome,
       properties['template'][1] AS template, properties['journey'][1] AS journey,
       properties['step'][1] AS step, coalesce(properties['reason'][1], '') AS reason
FROM events WHERE source = 'dispatch' AND map_contains(properties, 'message');
