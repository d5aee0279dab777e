-- held_back: every time that something did not happen or had to wait, whom it was about, and why.
SELECT contact, occurred_at AS "at", 'message.held' AS what, coalesce(properties['journey'][1], '') AS journey,
       coalesce(properties['template'][1], '') AS subject, coalesce(properties['reason'][1], '') AS reason
FROM events
WHERE source = 'dispatch' AND name LIKE '%.held' AND occurred_at >= $since AND occurred_at < $until
UNION ALL
SELECT contact, "at", kind AS what, CASE kind WHEN 'journey.refused' THEN subject ELSE '' END AS journey,
       CASE kind WHEN 'journey.refused' THEN '' WHEN 'task.held' THEN split_part(reason, ': ', 1) ELSE subject END AS subject,
       CASE kind WHEN 'task.held' THEN substr(reason, length(split_part(reason, ': ', 1)) + 3) ELSE reason END AS reason
FROM decisions
WHERE kind IN ('message.waits', 'task.held', 'journey.refused') AND "at" >= $since AND "at" < $until
