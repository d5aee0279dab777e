-- known_since: when each source first told of anything, and when anything was first told to us.
SELECT CASE WHEN name = 'visit.started' THEN 'visits' WHEN name IN ($sold) THEN 'orders'
            WHEN name IN ($calls) THEN 'calls' ELSE 'messages' END AS source, min(occurred_at) AS since
FROM events WHERE name IN ('visit.started', $sold, $calls, $sent) GROUP BY 1
UNION ALL
SELECT 'people' AS source, min("at") AS since FROM ($risen) AS risen
UNION ALL
SELECT 'all' AS source, min(received_at) AS since FROM events
