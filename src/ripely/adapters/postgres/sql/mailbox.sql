-- keep: store a mail.
INSERT INTO demo_mail (recipient, content) VALUES (%(recipient)s, %(content)b) RETURNING id;

-- forget: drop all but the newest mails.
DELETE FROM demo_mail WHERE id <= %(upto)s;

-- newest: the newest mails, newest first.
SELECT id, received_at, recipient, content FROM demo_mail ORDER BY id DESC LIMIT %(limit)s;

-- find: one mail.
SELECT id, received_at, recipient, content FROM demo_mail WHERE id = %(id)s;
