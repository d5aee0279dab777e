-- beginnings: how often a journey would have begun, for how many people, and since when anything is known.
SELECT count(DISTINCT (contact, CAST("at" AS DATE))) AS times, count(DISTINCT contact) AS people,
       (SELECT min(occurred_at) FROM events) AS known_since
FROM ($entries) AS each_entry WHERE "at" >= $since AND "at" < $until
