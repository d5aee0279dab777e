-- held: what did not happen or had to wait, by what, why, where and on which day.
SELECT what, journey, subject, reason, CAST(CAST("at" AS DATE) AS VARCHAR) AS day,
       count(*) AS times, count(DISTINCT contact) AS people
FROM ($told) AS told GROUP BY 1, 2, 3, 4, 5 ORDER BY times DESC, 1, 2, 3, 4, 5
