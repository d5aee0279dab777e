-- currency: in which most is sold, of those that are told.
SELECT upper(properties['currency'][1]) AS currency FROM events
WHERE counts AND name IN ($sold) AND properties['currency'][1] <> ''
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
