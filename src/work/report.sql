-- What an office has in hand and what it has done, counted; and the lists behind these numbers.

-- schema: work_case_closed since 3
CREATE INDEX work_case_closed ON work_case (county_code, closed, case_id,
    owner, state, service, step, line)

-- ---- counted ----

-- name: report_open read
-- $2 and $3 offices, $4 service, $5 today: what is open, by office, service and step.
SELECT owner, service, line, step, count(*), CAST(sum(paused) AS BIGINT),
    CAST(sum(CASE WHEN paused = 0 AND due < $5 THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN paused = 0 AND due >= $5 AND warn <= $5 THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN paused = 0 AND due = $5 THEN 1 ELSE 0 END) AS BIGINT)
FROM work_case
WHERE county_code = $1 AND open = 1 AND due >= '' AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR service = $4)
GROUP BY owner, service, line, step ORDER BY owner, service, line, step;

-- name: report_closed read
-- $2 and $3 offices, $4 service, $5 and $6 days: what was closed then, by the days that it took.
SELECT owner, service, line, accepted, closed, due, count(*)
FROM work_case
WHERE county_code = $1 AND closed >= $5 AND closed <= $6 AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR service = $4)
GROUP BY owner, service, line, accepted, closed, due;

-- ---- the lists behind: $2 and $3 offices, $4 state, $5 service, $6 step, $7 line ----
-- $8 and $9 due or closed from and to; open ones: $10 warned by, $11 paused; closed ones: $10 in time.

-- name: cases_clock read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case
WHERE county_code = $1 AND open = 1 AND due >= $8 AND due <= $9
    AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
    AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
    AND warn <= $10 AND paused = $11
    AND (due, case_id) > ($12, $13)
ORDER BY due, case_id LIMIT $14;

-- name: cases_clock_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case
WHERE county_code = $1 AND open = 1 AND due >= $8 AND due <= $9
    AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
    AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
    AND warn <= $10 AND paused = $11
    AND (due, case_id) < ($12, $13)
ORDER BY due DESC, case_id DESC LIMIT $14;

-- name: cases_clock_count read
SELECT count(*) FROM (
    SELECT case_id FROM work_case
    WHERE county_code = $1 AND open = 1 AND due >= $8 AND due <= $9
        AND owner >= $2 AND owner <= $3
        AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
        AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
        AND warn <= $10 AND paused = $11
    LIMIT $12) AS part;

-- name: cases_closed read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case
WHERE county_code = $1 AND closed >= $8 AND closed <= $9
    AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
    AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
    AND (CAST($10 AS TEXT) = '' OR (CAST($10 AS TEXT) = 'yes' AND closed <= due)
        OR (CAST($10 AS TEXT) = 'no' AND closed > due))
    AND (closed, case_id) > ($11, $12)
ORDER BY closed, case_id LIMIT $13;

-- name: cases_closed_down read
SELECT case_id, number, service, line, household_id, person_id, applicant_id, applicant, relation,
    subject, division, office, registered, rule_hash, delegated, accepted, note, state, owner, town,
    version, step, result, due, warn, unsure, paused, closed, draft_version
FROM work_case
WHERE county_code = $1 AND closed >= $8 AND closed <= $9
    AND owner >= $2 AND owner <= $3
    AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
    AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
    AND (CAST($10 AS TEXT) = '' OR (CAST($10 AS TEXT) = 'yes' AND closed <= due)
        OR (CAST($10 AS TEXT) = 'no' AND closed > due))
    AND (closed, case_id) < ($11, $12)
ORDER BY closed DESC, case_id DESC LIMIT $13;

-- name: cases_closed_count read
SELECT count(*) FROM (
    SELECT case_id FROM work_case
    WHERE county_code = $1 AND closed >= $8 AND closed <= $9
        AND owner >= $2 AND owner <= $3
        AND (CAST($4 AS TEXT) = '' OR state = $4) AND (CAST($5 AS TEXT) = '' OR service = $5)
        AND (CAST($6 AS TEXT) = '' OR step = $6) AND (CAST($7 AS TEXT) = '' OR line = $7)
        AND (CAST($10 AS TEXT) = '' OR (CAST($10 AS TEXT) = 'yes' AND closed <= due)
            OR (CAST($10 AS TEXT) = 'no' AND closed > due))
    LIMIT $11) AS part;

-- ---- who to call ----

-- name: report_people read
-- Whoever works in one of three offices: one's own and those above it.
SELECT a.name, a.login, a.division, r.role, r.line
FROM account AS a JOIN account_role AS r ON r.account_id = a.account_id
WHERE a.state = 'active' AND a.division IN ($1, $2, $3) AND r.role <> 'administrator'
ORDER BY a.division DESC, a.login, r.role, r.line LIMIT 300;
