-- A month beside the month before: whom it pays otherwise, and who qualifies and is not enrolled. Written
-- by the run under its job's number; read once it is visible.

-- schema: award_change since 3
-- A household whose awards of a programme differ from those of the run that was visible for the month
-- before. Who is paid the same has no row, nor has anybody when the month before was not run.
CREATE TABLE award_change (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    division BIGINT NOT NULL,        -- where it lives; gone, went: where it lived the month before
    household_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,              -- new, gone, more, less; other: the same sum for other persons;
                                     -- came, went: paid in both months, moved in between
    old_fen BIGINT NOT NULL,
    new_fen BIGINT NOT NULL,
    PRIMARY KEY (county_code, job_id, division, household_id, programme, kind)
) -- clustered

-- schema: run_candidate since 3
-- Who qualifies and is not enrolled.
CREATE TABLE run_candidate (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    division BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- 0: the household
    programme TEXT NOT NULL,
    amount_fen BIGINT,               -- what the rules would give a month; null: open
    PRIMARY KEY (county_code, job_id, division, household_id, person_id, programme)
) -- clustered

-- ---- with the run that becomes visible ----

-- name: compare_gone_place write
-- Who is paid no more is counted where it lived when it was: $3 is the first day of the month before.
UPDATE award_change SET division = h.division FROM household AS h
WHERE award_change.county_code = $1 AND award_change.job_id = $2 AND award_change.kind = 'gone'
    AND h.county_code = award_change.county_code AND h.household_id = award_change.household_id
    AND h.valid_from <= $3 AND h.valid_to > $3;

-- name: compare_moved read
-- Whoever is paid and lives elsewhere than on the first of the month before ($3; $4 is that of this
-- month). CROSS: from the few who are paid, not from all households.
SELECT DISTINCT a.household_id, o.division, n.division
FROM award AS a
CROSS JOIN household AS o
CROSS JOIN household AS n
WHERE a.county_code = $1 AND a.month = $5 AND a.job_id = $2
    AND o.county_code = a.county_code AND o.household_id = a.household_id
    AND o.valid_from <= $3 AND o.valid_to > $3 AND o.valid_to <= $4
    AND n.county_code = a.county_code AND n.household_id = a.household_id
    AND n.valid_from <= $4 AND n.valid_to > $4 AND n.division <> o.division
ORDER BY 1;

-- name: compare_put_moved write
-- One of them, where it came to or went from ($6): programmes that it is paid in both months; $3 and $4
-- are this month and its job, $7 and $8 those before.
INSERT INTO award_change (county_code, job_id, division, household_id, programme, kind, old_fen,
    new_fen)
SELECT a.county_code, a.job_id, CAST($6 AS BIGINT), a.household_id, a.programme, CAST($5 AS TEXT),
    CAST(sum(a.amount_fen) AS BIGINT), CAST(sum(a.amount_fen) AS BIGINT)
FROM award AS a
WHERE a.county_code = $1 AND a.month = $3 AND a.household_id = $2 AND a.job_id = $4
    AND EXISTS (SELECT 1 FROM award AS l WHERE l.county_code = a.county_code AND l.month = $7
        AND l.household_id = a.household_id AND l.programme = a.programme AND l.job_id = $8)
GROUP BY a.county_code, a.job_id, a.household_id, a.programme;

-- name: compare_count write
INSERT INTO run_count (county_code, job_id, division, programme, households, persons, amount_fen,
    not_enrolled, no_more, undecided, began, ended, more, less, other, came, went)
SELECT c.county_code, c.job_id, c.division, c.programme, 0, 0, 0, 0, 0, 0,
    CAST(sum(CASE WHEN c.kind = 'new' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'gone' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'more' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'less' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'other' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'came' THEN 1 ELSE 0 END) AS BIGINT),
    CAST(sum(CASE WHEN c.kind = 'went' THEN 1 ELSE 0 END) AS BIGINT)
FROM award_change AS c WHERE c.county_code = $1 AND c.job_id = $2
GROUP BY c.county_code, c.job_id, c.division, c.programme
ON CONFLICT (county_code, job_id, division, programme) DO UPDATE SET
    began = excluded.began, ended = excluded.ended, more = excluded.more, less = excluded.less,
    other = excluded.other, came = excluded.came, went = excluded.went;

-- name: run_take_changes write
-- A run of a part takes over what the rest was found to be; who moved is found anew for all.
INSERT INTO award_change (county_code, job_id, division, household_id, programme, kind, old_fen,
    new_fen)
SELECT c.county_code, CAST($3 AS BIGINT), c.division, c.household_id, c.programme, c.kind,
    c.old_fen, c.new_fen
FROM award_change AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND (c.division < $4 OR c.division > $5)
    AND c.kind <> 'came' AND c.kind <> 'went'
ON CONFLICT (county_code, job_id, division, household_id, programme, kind) DO NOTHING;

-- name: run_take_candidates write
INSERT INTO run_candidate (county_code, job_id, division, household_id, person_id, programme,
    amount_fen)
SELECT c.county_code, CAST($3 AS BIGINT), c.division, c.household_id, c.person_id, c.programme,
    c.amount_fen
FROM run_candidate AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND (c.division < $4 OR c.division > $5);

-- name: run_drop_changes write
DELETE FROM award_change WHERE county_code = $1 AND job_id = $2;

-- name: run_drop_candidates write
DELETE FROM run_candidate WHERE county_code = $1 AND job_id = $2;

-- ---- what stands ----

-- name: compare_counts read
-- By programme and part: $5 is how many codes a part takes (1000000 a county, 1000 a township, 1).
SELECT (c.division / CAST($5 AS BIGINT)) * CAST($5 AS BIGINT), c.programme,
    CAST(sum(c.households) AS BIGINT), CAST(sum(c.persons) AS BIGINT),
    CAST(sum(c.amount_fen) AS BIGINT), CAST(sum(c.payments) AS BIGINT),
    CAST(sum(c.not_enrolled) AS BIGINT), CAST(sum(c.began) AS BIGINT),
    CAST(sum(c.ended) AS BIGINT), CAST(sum(c.more) AS BIGINT), CAST(sum(c.less) AS BIGINT),
    CAST(sum(c.other) AS BIGINT), CAST(sum(c.came) AS BIGINT), CAST(sum(c.went) AS BIGINT)
FROM run_count AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND c.division >= $3 AND c.division <= $4
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: compare_awards read
-- Of a month that was taken over with its amounts, of which nobody counted anything: $6 is its first day.
SELECT (h.division / CAST($5 AS BIGINT)) * CAST($5 AS BIGINT), a.programme,
    count(DISTINCT a.household_id), count(*), CAST(sum(a.amount_fen) AS BIGINT), 0
FROM award AS a
JOIN household AS h ON h.county_code = a.county_code AND h.household_id = a.household_id
    AND h.valid_from <= $6 AND h.valid_to > $6
WHERE a.county_code = $1 AND a.month = $7 AND a.job_id = $2
    AND h.division >= $3 AND h.division <= $4
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: change_list read
-- Behind a key: $9 to $12. Filters are ranges, so that one that is not given takes everything.
SELECT c.division, c.household_id, c.programme, c.kind, c.old_fen, c.new_fen FROM award_change AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND c.division >= $3 AND c.division <= $4
    AND c.programme >= $5 AND c.programme <= $6 AND c.kind >= $7 AND c.kind <= $8
    AND (c.division, c.household_id, c.programme, c.kind) > ($9, $10, $11, $12)
ORDER BY c.division, c.household_id, c.programme, c.kind LIMIT $13;

-- name: candidate_list read
SELECT c.division, c.household_id, c.person_id, c.programme, c.amount_fen FROM run_candidate AS c
WHERE c.county_code = $1 AND c.job_id = $2 AND c.division >= $3 AND c.division <= $4
    AND c.programme >= $5 AND c.programme <= $6
    AND (c.division, c.household_id, c.person_id, c.programme) > ($7, $8, $9, $10)
ORDER BY c.division, c.household_id, c.person_id, c.programme LIMIT $11;

-- name: payment_list read
SELECT p.division, p.household_id, p.programme, p.payee_id, p.amount_fen FROM payment AS p
WHERE p.county_code = $1 AND p.job_id = $2 AND p.division >= $3 AND p.division <= $4
    AND p.month = $5 AND p.programme >= $6 AND p.programme <= $7
    AND (p.division, p.household_id, p.programme, p.payee_id) > ($8, $9, $10, $11)
ORDER BY p.division, p.household_id, p.programme, p.payee_id LIMIT $12;

-- name: payment_of_household read
SELECT p.division, p.household_id, p.programme, p.payee_id, p.amount_fen FROM payment AS p
WHERE p.county_code = $1 AND p.month = $2 AND p.household_id = $3 AND p.job_id = $4
ORDER BY p.programme, p.payee_id;

-- name: change_causes read
-- What was decided for a programme of a household, the last first.
SELECT d.person_id, d.from_month, d.amount_fen, d.cause, d.position FROM decided_amount AS d
WHERE d.county_code = $1 AND d.household_id = $2 AND d.programme = $3 AND d.from_month <= $4
ORDER BY d.position DESC, d.from_month DESC, d.person_id LIMIT 8;
