-- demo_mail: what the mail server of the demo received. Only the newest are kept.
CREATE TABLE demo_mail (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now(),
    recipient text NOT NULL,
    content bytea NOT NULL
);
