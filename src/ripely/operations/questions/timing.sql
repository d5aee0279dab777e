-- timing: the days from each purchase to the next, or to now, counted for the subjects bought most.
WITH merged AS (
    SELECT contact, merged_into FROM present WHERE merged_into IS NOT NULL
), bought AS (
    SELECT DISTINCT coalesce(m.merged_into, e.contact) AS contact, $subject AS subject,
           CAST(e.occurred_at AS DATE) AS day
    FROM events AS e LEFT JOIN merged AS m ON m.contact = e.contact $joined
    WHERE e.name = $event AND e.occurred_at <= $now
), most AS (
    SELECT subject FROM bought WHERE subject IS NOT NULL
    GROUP BY subject ORDER BY count(*) DESC, subject LIMIT $subjects
), followed AS (
    SELECT subject, day,
           lead(day) OVER (PARTITION BY subject, contact ORDER BY day) AS next_day,
           row_number() OVER (PARTITION BY subject, contact ORDER BY day) AS nth
    FROM bought WHERE subject IN (SELECT subject FROM most)
)
SELECT subject, date_diff('day', day, coalesce(next_day, CAST($now AS DATE))) AS days,
       count(next_day) AS again, count(*) - count(next_day) AS not_yet
FROM followed WHERE nth <= $nth
GROUP BY 1, 2 ORDER BY 1, 2
