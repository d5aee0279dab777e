-- business: deals, conversions and tasks of a time, and what they were worth, where that is in one currency.
SELECT count(*) FILTER (name = 'deal.opened') AS deals,
       avg(TRY_CAST(properties['value'][1] AS DOUBLE)) FILTER (name = 'deal.won' AND $ours) AS deal_value,
       count(*) FILTER ($goal) AS conversions,
       avg(TRY_CAST($worth AS DOUBLE)) FILTER ($goal AND $ours) AS worth,
       count(*) FILTER (name = 'task.done') AS done,
       count(*) FILTER (name IN ('task.overdue', 'task.dropped')) AS missed,
       count(*) FILTER ((name = 'deal.won' OR $goal) AND NOT $ours) AS foreign_money
FROM events AS e WHERE occurred_at >= $since AND occurred_at < $until
