-- risen: each rise of a contact on its way to a customer, when it happened: of what was told late, before it was decided.
WITH merged AS ($merged), lifted AS (
    SELECT contact, position, n, "at", value, split_part(reason, ': ', 2) AS cause
    FROM decisions WHERE kind = 'lifecycle.changed' AND value >= 1
), late AS (
    SELECT l.contact, l.position, l.n, min(e.occurred_at) AS "at"
    FROM events AS e JOIN lifted AS l ON l.contact = e.contact AND l.position = e.position AND l.cause = e.name
    WHERE e.received_at > e.occurred_at + INTERVAL 1 HOUR GROUP BY l.contact, l.position, l.n
)
SELECT coalesce(m.merged_into, r.contact) AS contact, least(r."at", coalesce(t."at", r."at")) AS "at", r.value
FROM lifted AS r
LEFT JOIN late AS t ON t.contact = r.contact AND t.position = r.position AND t.n = r.n
LEFT JOIN merged AS m ON m.contact = r.contact
