-- entry_days: on which days a journey would have begun, and for how many people.
SELECT CAST("at" AS DATE) AS day, count(DISTINCT contact) AS people
FROM ($entries) AS each_entry WHERE "at" >= $since AND "at" < $until GROUP BY CAST("at" AS DATE) ORDER BY day
