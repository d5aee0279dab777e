-- take_due: take timers that are due, those longest due first; another dispatcher's are left alone.
DELETE FROM timers WHERE contact IN (
    SELECT contact FROM timers WHERE due_s <= %(now_s)s
    ORDER BY due_s LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) RETURNING contact, due_s;
