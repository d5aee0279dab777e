-- The data plane: log, identities, profiles, timers, outbox, ledger, history and its read models.

-- log: chunks of events in the order in which they became durable. `lanes` has bit k set when
-- the chunk holds events of partition k; the body is zstd over msgpack.
CREATE SEQUENCE log_position AS bigint;
CREATE TABLE log (
    position bigint PRIMARY KEY,
    lanes integer NOT NULL,
    events integer NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now(),
    body bytea NOT NULL
);
ALTER TABLE log ALTER COLUMN body SET STORAGE EXTERNAL;
-- Nearly free for a table that only grows: counts of a day read that day alone.
CREATE INDEX log_appended ON log USING brin (appended_at) WITH (pages_per_range = 16);

-- identities: which contact an anonymous id, user id, email ... belongs to.
CREATE TABLE identities (
    kind smallint NOT NULL,
    value text NOT NULL,
    contact bigint NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX identities_contact ON identities (contact);

-- identity_epoch: moves when a known identity changes its contact, so that caches are dropped.
CREATE SEQUENCE identity_epoch AS bigint;

-- write_keys: who may send events; they may do nothing else.
CREATE TABLE write_keys (
    key text PRIMARY KEY,
    source text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);

-- rulesets: published definitions, named by content hash; never changed.
CREATE TABLE rulesets (
    id text PRIMARY KEY,
    documents bytea NOT NULL,
    position bigint NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);

-- positions: how far each partition is folded, and under which ruleset it goes on.
CREATE TABLE positions (
    partition smallint PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    ruleset text NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
INSERT INTO positions (partition) SELECT generate_series(0, 15);

-- profiles: the state of the fold, one msgpack a contact. Free room keeps updates on their page.
CREATE TABLE profiles (
    contact bigint PRIMARY KEY,
    body bytea NOT NULL,
    quarantined boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE profiles ALTER COLUMN body SET STORAGE EXTERNAL;

-- parked: events of contacts in quarantine, and the error that put them there.
CREATE TABLE parked (
    contact bigint NOT NULL,
    position bigint NOT NULL,
    body bytea NOT NULL,
    error text NOT NULL DEFAULT '',
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (contact, position)
);

-- timers: the next moment at which something happens to a contact by time alone.
CREATE TABLE timers (
    contact bigint PRIMARY KEY,
    due_s bigint NOT NULL
);
CREATE INDEX timers_due ON timers (due_s);

-- history: accepted events and notes, a row per contact and batch, in fold order.
CREATE TABLE history (
    contact bigint NOT NULL,
    position bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (contact, position)
);
ALTER TABLE history ALTER COLUMN body SET STORAGE EXTERNAL;

-- dispatchers: a number for each dispatcher that ever ran. It lives while its session holds the lock of that number.
CREATE SEQUENCE dispatchers AS integer;

-- outbox: decided effects that are not messages, until they are done.
CREATE TABLE outbox (
    id text PRIMARY KEY,
    contact bigint NOT NULL,
    body bytea NOT NULL,
    next_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    claimed_by integer,
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX outbox_next ON outbox (next_at) WHERE claimed_by IS NULL;

-- messages: the ledger. A row per decided message, for ever; `body` goes when the outcome is known.
-- `handed`: from here on the message may have left, whatever becomes of its dispatcher.
CREATE TABLE messages (
    id text PRIMARY KEY,
    contact bigint NOT NULL,
    journey text NOT NULL,
    version integer NOT NULL,
    step text NOT NULL,
    channel text NOT NULL,
    template text NOT NULL,
    recipient text NOT NULL,
    decided_at timestamptz NOT NULL,
    body bytea,
    next_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    claimed_by integer,
    handed boolean NOT NULL DEFAULT false,
    outcome text,
    reason text NOT NULL DEFAULT '',
    finished_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX messages_waiting ON messages (next_at) WHERE outcome IS NULL AND claimed_by IS NULL;
CREATE INDEX messages_claimed ON messages (claimed_by) WHERE outcome IS NULL AND claimed_by IS NOT NULL;
CREATE INDEX messages_contact ON messages (contact, decided_at);
CREATE INDEX messages_decided ON messages (decided_at DESC, id DESC);

-- contacts: what lists and search show of identified contacts.
CREATE TABLE contacts (
    contact bigint PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    company text NOT NULL,
    owner text NOT NULL,
    score integer NOT NULL,
    level text NOT NULL,
    segments text[] NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    words tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', name || ' ' || email || ' ' || translate(email, '@.', '  ') || ' '
                    || regexp_replace(phone, '[^0-9]', '', 'g') || ' ' || company)
    ) STORED
) WITH (fillfactor = 80);
CREATE INDEX contacts_words ON contacts USING gin (words);
-- With the contact, so that the next page of a list begins exactly where this one ended.
CREATE INDEX contacts_seen ON contacts (seen_at DESC, contact DESC);
CREATE INDEX contacts_score ON contacts (score DESC, contact DESC);
CREATE INDEX contacts_segments ON contacts USING gin (segments);

-- tallies: live counters of events, segments, journeys; a row per worker lane keeps writers apart.
CREATE TABLE tallies (
    kind text NOT NULL,
    subject text NOT NULL,
    item text NOT NULL,
    lane smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (kind, subject, item, lane)
) WITH (fillfactor = 50);

-- tasks: work that journeys and people give to people.
CREATE TABLE tasks (
    id text PRIMARY KEY,
    contact bigint NOT NULL,
    type text NOT NULL,
    title text NOT NULL,
    script text NOT NULL,
    assignee text NOT NULL,
    journey text NOT NULL,
    step text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL,
    done_at timestamptz,
    outcome text NOT NULL DEFAULT '',
    remark text NOT NULL DEFAULT ''
);
CREATE INDEX tasks_open ON tasks (due_at) WHERE done_at IS NULL;
CREATE INDEX tasks_contact ON tasks (contact);

-- notices: lines told to colleagues.
CREATE TABLE notices (
    id text PRIMARY KEY,
    contact bigint NOT NULL,
    recipient text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz
);
CREATE INDEX notices_created ON notices (created_at DESC);
