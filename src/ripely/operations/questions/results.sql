-- results: how often each thing happened in each part of a time, and in all of it and of the time before it.
WITH told AS ($told), counted AS (
    SELECT what, contact, n, amount, $part AS part,
           CASE WHEN "at" >= $begin THEN 'now' ELSE 'before' END AS span
    FROM told WHERE ("at" >= $begin AND "at" < $until) OR ("at" >= $since AND "at" < $before)
)
SELECT what, span, part, sum(n) AS n, count(DISTINCT contact) FILTER (n > 0) AS people, sum(amount) AS amount
FROM counted WHERE span = 'now' GROUP BY 1, 2, 3
UNION ALL
SELECT what, span, '' AS part, sum(n) AS n, count(DISTINCT contact) FILTER (n > 0) AS people, sum(amount) AS amount
FROM counted GROUP BY 1, 2, 3
