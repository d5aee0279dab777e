-- entrants: some of those for whom a journey would have begun. The order of contacts is chance.
SELECT contact
FROM ($entries) AS each_entry WHERE "at" >= $since AND "at" < $until GROUP BY contact ORDER BY contact LIMIT $most
