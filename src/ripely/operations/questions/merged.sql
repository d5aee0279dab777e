-- merged: each contact that is part of another, with the one that lives, however often that was merged in turn.
WITH RECURSIVE gone AS (
    SELECT contact, merged_into FROM present WHERE merged_into IS NOT NULL
), became AS (
    SELECT contact, merged_into AS root, CAST(1 AS BIGINT) AS hops FROM gone
    UNION ALL
    SELECT b.contact, g.merged_into AS root, b.hops + 1 AS hops
    FROM became AS b JOIN gone AS g ON g.contact = b.root WHERE b.hops < 20
)
SELECT contact, arg_max(root, hops) AS merged_into FROM became GROUP BY contact
