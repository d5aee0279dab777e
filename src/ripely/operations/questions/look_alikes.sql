-- look_alikes: of those who came to the beginning of a journey, who was written to soon after, and who converted.
WITH begun AS (
    SELECT contact, min("at") AS "at" FROM ($entries) AS each_entry
    WHERE "at" >= $since AND "at" < $until GROUP BY contact
), soon AS (
    SELECT b.contact,
           count(*) FILTER (e.name IN ($sent) AND e.occurred_at >= b."at" AND e.occurred_at < b."at" + INTERVAL ($reach_h) HOUR) AS reached,
           count(*) FILTER ($goal AND e.occurred_at >= b."at" AND e.occurred_at < b."at" + INTERVAL ($reach_h) HOUR) AS early,
           count(*) FILTER ($goal AND e.occurred_at >= b."at" + INTERVAL ($reach_h) HOUR
                            AND e.occurred_at < b."at" + INTERVAL ($within_h) HOUR) AS converted,
           count(*) FILTER (e.name IN ($bought) AND e.occurred_at < b."at") AS purchases,
           max(e.occurred_at) FILTER (e.source NOT IN ($ours) AND e.occurred_at < b."at" - INTERVAL 30 MINUTE) AS seen_at,
           any_value(b."at") AS "at"
    FROM begun AS b JOIN events AS e ON e.contact = b.contact GROUP BY b.contact
), known AS (
    SELECT b.contact,
           arg_max(d.value, (d."at", d.position, d.n)) FILTER (d.kind = 'score.changed' AND d.subject = $score) AS points,
           arg_max(d.value, (d."at", d.position, d.n)) FILTER (d.kind = 'lifecycle.changed') AS lifecycle
    FROM begun AS b JOIN decisions AS d ON d.contact = b.contact AND d."at" < b."at" GROUP BY b.contact
)
SELECT $level AS level,
       CASE WHEN seen_at IS NULL THEN 'never' WHEN seen_at >= "at" - INTERVAL 1 DAY THEN 'a day'
            WHEN seen_at >= "at" - INTERVAL 7 DAY THEN 'a week' WHEN seen_at >= "at" - INTERVAL 30 DAY THEN 'a month'
            ELSE 'longer' END AS recency,
       CASE WHEN purchases < 2 THEN purchases WHEN purchases < 5 THEN 2 ELSE 5 END AS earlier,
       coalesce(k.lifecycle, 0) AS lifecycle,
       count(*) FILTER (reached > 0) AS reached,
       count(*) FILTER (reached > 0 AND converted > 0) AS reached_converted,
       count(*) FILTER (reached = 0) AS alone,
       count(*) FILTER (reached = 0 AND converted > 0) AS alone_converted
FROM soon AS s LEFT JOIN known AS k ON k.contact = s.contact
WHERE early = 0
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
