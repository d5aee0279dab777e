-- messages_once: each message of a time: when it went, whether it came back, when a human first opened it and clicked in it.
WITH merged AS ($merged), receipts AS (
    SELECT e.properties['message'][1] AS message, coalesce(m.merged_into, e.contact) AS contact, e.name,
           e.occurred_at AS "at", coalesce(e.properties['by'][1], 'human') AS "by"
    FROM events AS e LEFT JOIN merged AS m ON m.contact = e.contact
    WHERE e.counts AND e.name IN ($sent, $back, $opened, $clicked)
      AND e.occurred_at >= $since AND e.occurred_at < $now
)
SELECT message, min(contact) AS contact, min(split_part(name, '.', 1)) AS channel,
       min("at") FILTER (name IN ($sent)) AS sent_at,
       count(*) FILTER (name IN ($back)) AS back,
       min("at") FILTER (name IN ($opened) AND "by" = 'human') AS opened_at,
       min("at") FILTER (name IN ($clicked) AND "by" = 'human') AS clicked_at
FROM receipts WHERE message IS NOT NULL GROUP BY message
