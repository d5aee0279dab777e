-- results_journeys: of those let into each journey in a time, and of those kept out of it, who converted and what they bought from then on.
WITH merged AS ($merged), decided AS (
    SELECT d.kind, coalesce(m.merged_into, d.contact) AS contact, d.subject AS journey, d."at",
           CASE WHEN d.kind = 'journey.heldout' OR (d.kind = 'journey.converted' AND split_part(d.reason, ': ', 1) = $kept_out)
                THEN 1 ELSE 0 END AS kept_out
    FROM decisions AS d LEFT JOIN merged AS m ON m.contact = d.contact
    WHERE d.kind IN ('journey.entered', 'journey.heldout', 'journey.converted') AND d."at" >= $since AND d."at" < $until
), begun AS (
    SELECT journey, kept_out, contact, min("at") AS "at" FROM decided
    WHERE kind <> 'journey.converted' GROUP BY journey, kept_out, contact
), converted AS (
    SELECT b.journey, b.kept_out, b.contact, min(d."at") AS "at"
    FROM begun AS b JOIN decided AS d ON d.contact = b.contact AND d.journey = b.journey AND d.kept_out = b.kept_out
    WHERE d.kind = 'journey.converted' AND d."at" >= b."at" GROUP BY b.journey, b.kept_out, b.contact
), bought AS (
    SELECT c.journey, c.kept_out, c.contact, sum(s.amount) AS amount
    FROM converted AS c JOIN ($bought) AS s ON s.contact = c.contact
    WHERE s."at" >= c."at" GROUP BY c.journey, c.kept_out, c.contact
)
SELECT b.journey, b.kept_out, count(*) AS people, count(c."at") AS converted, coalesce(sum(o.amount), 0) AS revenue
FROM begun AS b
LEFT JOIN converted AS c ON c.journey = b.journey AND c.kept_out = b.kept_out AND c.contact = b.contact
LEFT JOIN bought AS o ON o.journey = b.journey AND o.kept_out = b.kept_out AND o.contact = b.contact
GROUP BY b.journey, b.kept_out ORDER BY people DESC, b.journey, b.kept_out
