-- of_contact: the latest stories of a contact before a position, newest first.
SELECT position, body FROM history
WHERE contact = %(contact)s AND position < %(before)s
ORDER BY position DESC LIMIT %(limit)s;

-- scan: every story, by contact, oldest first.
SELECT contact, position, body FROM history ORDER BY contact, position;
