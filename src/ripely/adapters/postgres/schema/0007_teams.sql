-- tasks: for which team, how urgent, and when its people got them.
ALTER TABLE tasks
    ADD COLUMN team text NOT NULL DEFAULT '',
    ADD COLUMN priority smallint NOT NULL DEFAULT 5,
    ADD COLUMN released_at timestamptz;
CREATE INDEX tasks_released ON tasks (team, released_at) WHERE released_at IS NOT NULL;
CREATE INDEX tasks_open_calls ON tasks (assignee) WHERE done_at IS NULL AND type = 'call';

-- queue: calls that wait until their team has room for them.
CREATE TABLE queue (
    id text PRIMARY KEY,
    contact bigint NOT NULL,
    team text NOT NULL,
    priority smallint NOT NULL,
    title text NOT NULL,
    decided_at timestamptz NOT NULL,
    until_at timestamptz,
    body bytea NOT NULL
);
CREATE INDEX queue_next ON queue (team, priority DESC, decided_at, id);
CREATE INDEX queue_until ON queue (team, until_at) WHERE until_at IS NOT NULL;

-- queues: teams that calls have waited for, and why those of now wait, since when.
CREATE TABLE queues (
    team text PRIMARY KEY,
    reason text NOT NULL DEFAULT '',
    since timestamptz NOT NULL DEFAULT now()
);

-- assignments: who of a team was made an owner, in this order.
CREATE TABLE assignments (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    team text NOT NULL,
    who text NOT NULL,
    how text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX assignments_latest ON assignments (team, how, number DESC);
CREATE INDEX assignments_at ON assignments (team, at);
