-- Who qualifies and has not applied (unclaimed_right, continuous.sql): what came of visiting them.

-- schema: unclaimed_visit since 4
CREATE TABLE unclaimed_visit (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    state TEXT NOT NULL,             -- visited, wants, declined, away
    words TEXT NOT NULL,
    until TEXT NOT NULL,             -- declined: not asked again before this day; '' else
    on_day TEXT NOT NULL,
    who TEXT NOT NULL,               -- login
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, person_id, programme)
) -- clustered

-- ---- the list ----
-- Of one village or all of a range of divisions in one county, in the order of division, programme,
-- household and person. $2, $3 divisions; $4 programme, '' all; $5 to $8 the last row of the page before;
-- $9 the day: who declined is left out until then unless $10 is 1; $11 rows.

-- name: unclaimed_page read
SELECT u.household_id, u.person_id, u.programme, u.division, u.month, u.amount_fen, u.since,
    coalesce(v.state, ''), coalesce(v.words, ''), coalesce(v.until, ''), coalesce(v.on_day, ''),
    coalesce(v.who, ''), coalesce(v.version, 0)
FROM unclaimed_right AS u
LEFT JOIN unclaimed_visit AS v ON v.county_code = $1 AND v.household_id = u.household_id
    AND v.person_id = u.person_id AND v.programme = u.programme
WHERE u.county_code = $1 AND u.division >= $2 AND u.division <= $3
    AND (u.division, u.programme, u.household_id, u.person_id) > ($5, $6, $7, $8)
    AND (u.programme = $4 OR $4 = '')
    AND ($10 = 1 OR coalesce(v.until, '') <= $9)
ORDER BY u.division, u.programme, u.household_id, u.person_id LIMIT $11;

-- name: unclaimed_one read
SELECT u.household_id, u.person_id, u.programme, u.division, u.month, u.amount_fen, u.since,
    coalesce(v.state, ''), coalesce(v.words, ''), coalesce(v.until, ''), coalesce(v.on_day, ''),
    coalesce(v.who, ''), coalesce(v.version, 0)
FROM unclaimed_right AS u
LEFT JOIN unclaimed_visit AS v ON v.county_code = $1 AND v.household_id = u.household_id
    AND v.person_id = u.person_id AND v.programme = u.programme
WHERE u.county_code = $1 AND u.household_id = $2
    AND (($3 >= 0 AND u.person_id = $3 AND u.programme = $4) OR $3 < 0)
ORDER BY u.programme, u.person_id;

-- name: unclaimed_counts read
-- By village and programme: all of them, and those nobody went to yet.
SELECT u.division, u.programme, count(*),
    CAST(sum(CASE WHEN v.state IS NULL THEN 1 ELSE 0 END) AS BIGINT)
FROM unclaimed_right AS u
LEFT JOIN unclaimed_visit AS v ON v.county_code = $1 AND v.household_id = u.household_id
    AND v.person_id = u.person_id AND v.programme = u.programme
WHERE u.county_code = $1 AND u.division >= $2 AND u.division <= $3
    AND (u.programme = $4 OR $4 = '')
    AND ($6 = 1 OR coalesce(v.until, '') <= $5)
GROUP BY u.division, u.programme ORDER BY u.division, u.programme;

-- name: unclaimed_visit_put write
INSERT INTO unclaimed_visit (county_code, household_id, person_id, programme, state, words, until,
    on_day, who, version, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
ON CONFLICT (county_code, household_id, person_id, programme) DO UPDATE
SET state = excluded.state, words = excluded.words, until = excluded.until,
    on_day = excluded.on_day, who = excluded.who, version = unclaimed_visit.version + 1,
    position = excluded.position;

-- name: unclaimed_tasks read
SELECT division, step, title FROM task WHERE county_code = $1 AND role = 'village_worker'
    AND kind = 'unclaimed' AND open = 1 ORDER BY division;

-- name: unclaimed_scans read
SELECT f.paper, max(f.at_ms) FROM work_case AS k
JOIN case_file AS f ON f.county_code = $1 AND f.case_id = k.case_id
WHERE k.county_code = $1 AND k.household_id = $2 AND f.paper <> ''
GROUP BY f.paper ORDER BY f.paper;
