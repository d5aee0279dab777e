-- of_contact: the latest stories of a contact before a position, newest first.
SELECT position, body FROM history
WHERE contact = %(contact)s AND position < %(before)s
ORDER BY position DESC LIMIT %(limit)s;

-- contacts: how many contacts there are.
SELECT count(*) FROM profiles;

-- scan: every story, or those of the contacts of some partitions: by contact, oldest first.
SELECT contact, position, body FROM history
WHERE %(wanted)s::integer[] IS NULL OR contact %% %(parts)s = ANY(%(wanted)s::integer[])
ORDER BY contact, position;

-- scan_some: every story of some contacts: by contact, oldest first.
SELECT contact, position, body FROM history WHERE contact = ANY(%(contacts)s::bigint[])
ORDER BY contact, position;

-- newer: contacts of whom something is told after a position.
SELECT DISTINCT contact FROM history WHERE position > %(position)s LIMIT %(limit)s;
