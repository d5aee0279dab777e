-- by_hand: what colleagues do again and again, and after what; the commonest first.
WITH told AS (
    SELECT contact, occurred_at AS "at", name, properties,
           CASE WHEN name <> 'attributes.set' THEN coalesce(properties['by'][1], '')
                WHEN source IN ($ours) THEN '' ELSE source END AS "by"
    FROM events WHERE occurred_at >= $since AND occurred_at < $until
), hand AS (
    SELECT contact, "at", name AS kind, "by",
           CASE name
               WHEN 'tag.added' THEN properties['tag'][1]
               WHEN 'tag.removed' THEN properties['tag'][1]
               WHEN 'list.joined' THEN properties['list'][1]
               WHEN 'list.left' THEN properties['list'][1]
               WHEN 'deal.moved' THEN properties['stage'][1]
               WHEN 'note.added' THEN properties['text'][1]
               WHEN 'message.written' THEN coalesce(properties['template'][1], properties['subject'][1])
               WHEN 'task.done' THEN properties['title'][1]
               WHEN 'journey.requested' THEN properties['journey'][1]
               WHEN 'attributes.set' THEN array_to_string(list_sort(list_transform(
                   map_keys(properties), lambda one: one || '=' || properties[one][1])), chr(31))
               ELSE ''
           END AS subject
    FROM told
    WHERE name IN ($kinds)
      AND (name IN ($always) OR ("by" <> '' AND name <> 'journey.requested') OR "by" = 'hand')
      AND coalesce(properties['task'][1], '') = ''
      AND (name = 'journey.requested' OR coalesce(properties['journey'][1], '') = '')
), often AS (
    SELECT kind, subject, count(*) AS times, count(DISTINCT contact) AS people,
           count(DISTINCT nullif("by", '')) AS colleagues
    FROM hand WHERE subject IS NOT NULL
    GROUP BY 1, 2 HAVING count(*) >= $times_min ORDER BY times DESC, kind, subject LIMIT $acts_max
), causes AS (
    SELECT contact, "at", name,
           CASE name
               WHEN 'deal.opened' THEN coalesce(properties['stage'][1], '')
               WHEN 'deal.moved' THEN coalesce(properties['stage'][1], '')
               WHEN 'form.submitted' THEN coalesce(properties['form'][1], '')
               ELSE ''
           END AS detail
    FROM told WHERE name NOT IN ($never) AND name <> 'segment.entered'
    UNION ALL
    SELECT contact, "at", 'segment.entered', subject
    FROM decisions WHERE kind = 'segment.entered' AND "at" >= $since AND "at" < $until
), caused AS (
    SELECT name, detail, count(*) AS occasions FROM causes GROUP BY 1, 2
), nearest AS (
    SELECT h.contact, h."at", h.kind, h.subject, c.name, c.detail, max(c."at") AS cause_at
    FROM hand AS h
    JOIN often AS o ON o.kind = h.kind AND o.subject = h.subject
    JOIN causes AS c ON c.contact = h.contact
    WHERE c."at" < h."at" AND c."at" >= h."at" - INTERVAL ($window_h) HOUR
      AND NOT (c.name = h.kind AND c.detail = h.subject)
    GROUP BY ALL
), followed AS (
    SELECT kind, subject, name, detail, count(*) AS acts, count(DISTINCT (contact, cause_at)) AS occasions,
           median(date_diff('second', cause_at, "at")) AS lag_s
    FROM nearest GROUP BY 1, 2, 3, 4
)
SELECT o.kind, o.subject, o.times, o.people, o.colleagues, f.name, f.detail, f.acts, f.occasions,
       c.occasions AS all_occasions, f.lag_s
FROM often AS o
JOIN followed AS f ON f.kind = o.kind AND f.subject = o.subject
JOIN caused AS c ON c.name = f.name AND c.detail = f.detail
WHERE f.acts * 2 >= o.times
ORDER BY o.times DESC, o.kind, o.subject, f.acts DESC, f.name, f.detail
