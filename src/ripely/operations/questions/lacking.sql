-- lacking: how many have each fact, and have given each consent, and how many they are.
SELECT 'fact' AS kind, name, count(*) AS people
FROM (SELECT unnest(map_keys(attributes)) AS name, attributes FROM present WHERE merged_into IS NULL) AS told
WHERE attributes[name][1] <> '' GROUP BY name
UNION ALL
SELECT 'consent' AS kind, name, count(*) AS people
FROM (SELECT unnest(map_keys(consents)) AS name, consents FROM present WHERE merged_into IS NULL) AS told
WHERE consents[name] GROUP BY name
UNION ALL
SELECT 'all' AS kind, '' AS name, count(*) AS people FROM present WHERE merged_into IS NULL
