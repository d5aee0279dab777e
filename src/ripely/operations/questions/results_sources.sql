-- results_sources: what came of the contacts of each source to whom anything happened in a time.
WITH told AS ($told), brought AS (
    SELECT contact, $touch['source'] AS touch_source, $touch['medium'] AS touch_medium
    FROM present WHERE merged_into IS NULL
), happened AS (
    SELECT t.what, t.contact, t.n, t.amount, coalesce(b.touch_source, '') AS source, coalesce(b.touch_medium, '') AS medium
    FROM told AS t LEFT JOIN brought AS b ON b.contact = t.contact
    WHERE t."at" >= $since AND t."at" < $until AND t.what IN ('visits', 'contacts', 'leads', 'orders')
)
SELECT source, medium, count(DISTINCT contact) AS people,
       count(DISTINCT contact) FILTER (what = 'visits') AS visitors,
       count(DISTINCT contact) FILTER (what = 'contacts') AS contacts,
       count(DISTINCT contact) FILTER (what = 'leads') AS leads,
       count(DISTINCT contact) FILTER (what = 'orders' AND n > 0) AS buyers,
       coalesce(sum(n) FILTER (what = 'orders'), 0) AS orders, sum(amount) AS revenue
FROM happened GROUP BY source, medium ORDER BY revenue DESC, people DESC, source, medium
