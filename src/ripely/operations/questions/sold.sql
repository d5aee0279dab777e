-- sold: each order and deal won once, what it brought, and less what was taken back; what is in another currency brings nothing here.
WITH merged AS ($merged), traded AS (
    SELECT e.name, coalesce(m.merged_into, e.contact) AS contact, e.occurred_at AS "at",
           coalesce(e.properties['order_id'][1], e.properties['deal'][1], CAST(e.id AS VARCHAR)) AS "key",
           upper(coalesce(e.properties['currency'][1], '')) AS currency,
           TRY_CAST(coalesce(e.properties['total'][1], e.properties['revenue'][1], e.properties['value'][1]) AS DOUBLE) AS amount
    FROM events AS e LEFT JOIN merged AS m ON m.contact = e.contact
    WHERE e.counts AND e.name IN ($sold, 'order.refunded', 'order.cancelled') AND e.occurred_at < $until
), orders AS (
    SELECT "key", arg_min(contact, ("at", contact)) AS contact, min("at") AS "at", max(currency) AS currency, max(amount) AS amount
    FROM traded WHERE name IN ($sold) GROUP BY "key"
), refunded AS (
    SELECT "key", sum(amount) AS amount FROM traded WHERE name = 'order.refunded' GROUP BY "key"
), cancelled AS (
    SELECT "key", arg_min(contact, ("at", contact)) AS contact, min("at") AS "at", max(currency) AS currency, max(amount) AS amount
    FROM traded WHERE name = 'order.cancelled' GROUP BY "key"
), changed AS (
    SELECT "key", contact, "at", currency, 1 AS orders, coalesce(amount, 0) AS amount FROM orders
    UNION ALL
    SELECT t."key", t.contact, t."at", coalesce(o.currency, t.currency) AS currency, 0 AS orders,
           -coalesce(t.amount, o.amount, 0) AS amount
    FROM traded AS t LEFT JOIN orders AS o ON o."key" = t."key" WHERE t.name = 'order.refunded'
    UNION ALL
    SELECT c."key", c.contact, c."at", coalesce(o.currency, c.currency) AS currency, 0 AS orders,
           -greatest(coalesce(o.amount, c.amount, 0) - coalesce(r.amount, 0), 0) AS amount
    FROM cancelled AS c LEFT JOIN orders AS o ON o."key" = c."key" LEFT JOIN refunded AS r ON r."key" = c."key"
)
SELECT "key", contact, "at", orders,
       CASE WHEN currency IN ('', $currency) THEN amount ELSE 0 END AS amount,
       CASE WHEN currency IN ('', $currency) THEN 0 ELSE orders END AS others
FROM changed
