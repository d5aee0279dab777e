-- messages: the segments that the contact was in when the message was decided.
ALTER TABLE messages ADD COLUMN segments text[] NOT NULL DEFAULT '{}';
