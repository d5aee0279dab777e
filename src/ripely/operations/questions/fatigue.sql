-- fatigue: the messages of a time that nobody is owed, by how many went to the same contact shortly before and how long ago the last was answered: how many they are, and after how many the contact left or complained.
WITH merged AS (
    SELECT contact, merged_into FROM present WHERE merged_into IS NOT NULL
), happened AS (
    SELECT coalesce(m.merged_into, e.contact) AS contact, date_diff('second', $began, e.occurred_at) AS t,
           CASE WHEN e.name = $sent THEN 'sent' WHEN e.name IN ($engaged) THEN 'engaged'
                WHEN e.name = $complained THEN 'complained' ELSE 'left' END AS kind
    FROM events AS e LEFT JOIN merged AS m ON m.contact = e.contact
    WHERE e.counts AND e.occurred_at >= $began AND e.occurred_at <= $now
      AND ((e.name IN ($sent, $complained) AND coalesce(e.properties['purpose'][1], '') <> $owed)
           OR e.name = $unsubscribed
           OR (e.name IN ($engaged) AND coalesce(e.properties['by'][1], 'human') = 'human')
           OR (e.name = 'consent.withdrawn' AND coalesce(e.properties['purpose'][1], 'marketing') IN ($purposes)))
), followed AS (
    SELECT contact, kind, t,
           sum(CASE WHEN kind = 'sent' THEN 1 ELSE 0 END)
               OVER (PARTITION BY contact ORDER BY t RANGE BETWEEN $counted_s PRECEDING AND 1 PRECEDING) AS so_many,
           max(CASE WHEN kind = 'engaged' THEN t END)
               OVER (PARTITION BY contact ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS engaged_at,
           min(CASE WHEN kind = 'left' THEN t END)
               OVER (PARTITION BY contact ORDER BY t RANGE BETWEEN CURRENT ROW AND $after_s FOLLOWING) AS left_at,
           min(CASE WHEN kind = 'complained' THEN t END)
               OVER (PARTITION BY contact ORDER BY t RANGE BETWEEN CURRENT ROW AND $after_s FOLLOWING) AS complained_at,
           min(CASE WHEN kind = 'sent' THEN t END)
               OVER (PARTITION BY contact ORDER BY t, kind DESC ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_at
    FROM happened
), came_of AS (
    SELECT least(coalesce(so_many, 0), $most) AS often,
           CASE WHEN engaged_at > t - $lately_s THEN 0 WHEN engaged_at > t - $once_s THEN 1 ELSE 2 END AS quiet,
           CASE WHEN left_at < coalesce(next_at, left_at + 1) THEN 1 ELSE 0 END AS has_left,
           CASE WHEN complained_at < coalesce(next_at, complained_at + 1) THEN 1 ELSE 0 END AS has_complained
    FROM followed WHERE kind = 'sent' AND t >= $since_s AND t < $until_s
)
SELECT often, quiet, count(*) AS messages, sum(greatest(has_left, has_complained)) AS lost, sum(has_complained) AS complaints
FROM came_of GROUP BY 1, 2 ORDER BY 1, 2
