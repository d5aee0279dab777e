-- held_people: whom something did not happen to, or had to wait for, the latest first.
SELECT contact, count(*) AS times, max("at") AS "at", arg_max(reason, "at") AS reason, count(*) OVER () AS people,
       arg_max(journey, "at") AS journey, arg_max(subject, "at") AS subject
FROM ($told) AS told
WHERE what = $what AND ($any_journey = 1 OR journey = $journey) AND ($any_subject = 1 OR subject = $subject)
  AND contains(reason, $reason)
GROUP BY contact ORDER BY max("at") DESC, contact LIMIT $most
