-- told: everything that results count, by what it is, whom it was about and when.
WITH merged AS ($merged), seen AS (
    SELECT coalesce(m.merged_into, e.contact) AS contact, e.name, e.occurred_at AS "at",
           coalesce(e.properties['task'][1], '') AS task
    FROM events AS e LEFT JOIN merged AS m ON m.contact = e.contact
    WHERE e.counts AND e.name IN ('visit.started', $calls, $unsubscribed)
      AND e.occurred_at >= $since AND e.occurred_at < $until
), risen AS ($risen), messages AS ($messages), sold AS ($bought)
SELECT 'visits' AS what, contact, "at", 1 AS n, 0.0 AS amount FROM seen WHERE name = 'visit.started'
UNION ALL
SELECT 'contacts', contact, min("at"), 1, 0.0 FROM risen GROUP BY contact
UNION ALL
SELECT 'leads', contact, min("at"), 1, 0.0 FROM risen WHERE value >= 2 GROUP BY contact
UNION ALL
SELECT 'orders', contact, "at", orders, amount FROM sold
UNION ALL
SELECT 'others', contact, "at", others, 0.0 FROM sold WHERE others > 0
UNION ALL
SELECT 'delivered', contact, sent_at, 1, 0.0 FROM messages WHERE sent_at IS NOT NULL AND back = 0
UNION ALL
SELECT 'opened', contact, opened_at, 1, 0.0 FROM messages WHERE opened_at IS NOT NULL
UNION ALL
SELECT 'clicked', contact, clicked_at, 1, 0.0 FROM messages WHERE clicked_at IS NOT NULL
UNION ALL
SELECT 'calls', contact, "at", 1, 0.0 FROM seen WHERE name = 'call.made' OR (name IN ($calls) AND task <> '')
UNION ALL
SELECT 'answered', contact, "at", 1, 0.0 FROM seen WHERE name = 'call.answered'
UNION ALL
SELECT 'unsubscribed', contact, "at", 1, 0.0 FROM seen WHERE name IN ($unsubscribed)
