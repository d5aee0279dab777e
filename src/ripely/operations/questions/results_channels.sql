-- results_channels: what came of the messages of each channel that went out in a time, and who bought within some days after one.
WITH gone AS (
    SELECT channel, contact, sent_at, opened_at, clicked_at FROM ($messages) AS messages
    WHERE back = 0 AND sent_at >= $since AND sent_at < $until
), afterwards AS (
    SELECT DISTINCT g.channel, s.contact, s."key", s."at", s.orders, s.amount
    FROM gone AS g JOIN ($bought) AS s ON s.contact = g.contact
    WHERE s."at" >= g.sent_at AND s."at" < g.sent_at + INTERVAL ($within_d) DAY
), bought AS (
    SELECT channel, count(DISTINCT contact) FILTER (orders > 0) AS buyers, sum(orders) AS orders, sum(amount) AS revenue
    FROM afterwards GROUP BY channel
), counted AS (
    SELECT channel, count(*) AS delivered, count(DISTINCT contact) AS people, count(opened_at) AS opened, count(clicked_at) AS clicked
    FROM gone GROUP BY channel
)
SELECT c.channel, c.delivered, c.people, c.opened, c.clicked, coalesce(b.buyers, 0) AS buyers,
       coalesce(b.orders, 0) AS orders, coalesce(b.revenue, 0) AS revenue
FROM counted AS c LEFT JOIN bought AS b ON b.channel = c.channel ORDER BY c.delivered DESC, c.channel
