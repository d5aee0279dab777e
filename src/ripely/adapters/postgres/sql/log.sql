-- append_chunk: keep a chunk for good. Appends follow one another, so that positions become visible in order.
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%(lock)s))
INSERT INTO log (position, lanes, events, body)
SELECT nextval('log_position'), %(lanes)s, %(events)s, %(body)s FROM turn
RETURNING position;

-- read_chunks: chunks after a position, oldest first, until they hold so many events. No body beyond is fetched.
SELECT position, lanes, body FROM (
    SELECT position, lanes, body, sum(events) OVER (ORDER BY position) - events AS before
    FROM (SELECT * FROM log WHERE position > %(after)s AND position <= %(upto)s
          ORDER BY position LIMIT %(chunks)s) AS next
) AS counted WHERE before < %(events)s ORDER BY position;

-- tail: the newest chunks, newest first.
SELECT position, body FROM log ORDER BY position DESC LIMIT %(limit)s;

-- end: the position of the newest chunk.
SELECT coalesce(max(position), 0) FROM log;
