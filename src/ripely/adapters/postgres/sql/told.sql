-- take_archive: be the one who writes the archive, unless another is.
SELECT pg_try_advisory_lock(%(archivist)s);

-- committed: how far each partition is folded.
SELECT partition, position FROM positions;

-- window: the position up to which the log holds about so many events after another one.
SELECT max(position) FROM (
    SELECT position, sum(events) OVER (ORDER BY position) - events AS before
    FROM (SELECT position, events FROM log WHERE position > %(after)s AND position <= %(upto)s
          ORDER BY position LIMIT %(limit)s) AS next
) AS counted WHERE before < %(limit)s;

-- stories: what happened to contacts, each partition (from 0 on) from one position up to another.
SELECT contact, position, body FROM history
WHERE position > %(least)s AND position <= %(most)s
  AND position > (%(afters)s::bigint[])[contact %% 16 + 1] AND position <= (%(uptos)s::bigint[])[contact %% 16 + 1]
ORDER BY position, contact;

-- latest: profiles of contacts to whom nothing has happened since.
SELECT p.body FROM profiles p
WHERE p.contact = ANY(%(contacts)s) AND p.body <> ''
  AND NOT EXISTS (SELECT FROM history h
                  WHERE h.contact = p.contact AND h.position > (%(uptos)s::bigint[])[p.contact %% 16 + 1]);
