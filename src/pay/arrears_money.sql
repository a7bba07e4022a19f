-- Arrears decided, put onto lists, deducted and paid back.

-- schema: arrears_part since 4
-- How a recovery is settled, part by part. since_fen: what was settled of it before; so a part can't be
-- written twice, and the parts lie end to end.
CREATE TABLE arrears_part (
    county_code BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    month TEXT NOT NULL,
    since_fen BIGINT NOT NULL,
    fen BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,        -- the list that it was deducted on; 0: the family paid it back
    back_no BIGINT NOT NULL,         -- the repayment, see arrears_back; 0: deducted
    payee_id BIGINT NOT NULL,
    from_kind TEXT NOT NULL,         -- the line that it was kept back from: month, backpay; '' none
    from_month TEXT NOT NULL,
    from_person BIGINT NOT NULL,
    from_job BIGINT NOT NULL,        -- of back-pay: its finding
    PRIMARY KEY (county_code, job_id, household_id, person_id, programme, month, since_fen)
) -- clustered

-- schema: arrears_part_batch since 4
CREATE INDEX arrears_part_batch ON arrears_part (county_code, batch_id, household_id, programme)

-- schema: arrears_back since 4
-- What families paid back.
CREATE TABLE arrears_back (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    back_no BIGINT NOT NULL,         -- from 1
    fen BIGINT NOT NULL,
    on_day TEXT NOT NULL,
    words TEXT NOT NULL,
    who TEXT NOT NULL,               -- login
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, programme, back_no)
) -- clustered

-- ---- the next list ----

-- name: arrears_owed read
-- Recoveries that are not settled whole, the oldest month of a household's programme first. Whose money they
-- are kept back from is who is paid for it on day $2 (the list month's first): by the enrolment that is in
-- force, else by the newest that was, to its account, else to the head. As in arrears_sources,
-- arrears_still_paid and batch_freeze_payments.
SELECT l.job_id, l.household_id, l.person_id, l.programme, l.month, l.settled_fen,
    l.paid_fen - l.due_fen - l.settled_fen,
    COALESCE(
        (SELECT nullif(e.account_id, 0) FROM enrolment AS e
        WHERE e.county_code = $1 AND e.household_id = l.household_id
            AND e.person_id IN (l.person_id, 0) AND e.programme = l.programme
            AND e.valid_from <= $2
        ORDER BY CASE WHEN e.valid_to > $2 THEN 0 ELSE 1 END, e.valid_from DESC,
            e.person_id DESC LIMIT 1),
        (SELECT h.head_id FROM household AS h WHERE h.county_code = $1
            AND h.household_id = l.household_id
        ORDER BY CASE WHEN h.valid_from <= $2 THEN 0 ELSE 1 END, h.valid_from DESC
        LIMIT 1),
        l.person_id), l.cause
FROM arrears_line AS l
WHERE l.county_code = $1 AND l.state = 'decided' AND l.paid_fen - l.due_fen > l.settled_fen
ORDER BY l.household_id, l.programme, l.month, l.person_id, l.job_id;

-- name: arrears_sources read
-- What is paid on a list to households that owe something of the same programme: $2 month, $3 the visible
-- job, $4 the month's first day. Back-pay first.
SELECT household_id, programme, payee_id, kind, month, person_id, arrears_job, fen FROM (
    SELECT m.county_code AS county_code, m.household_id AS household_id, m.programme AS programme,
        m.payee_id AS payee_id, m.kind AS kind, m.month AS month, CAST(0 AS BIGINT) AS person_id,
        CAST(0 AS BIGINT) AS arrears_job, m.amount_fen AS fen
    FROM (SELECT DISTINCT county_code, household_id, programme FROM arrears_line
        WHERE county_code = $1 AND state = 'decided' AND paid_fen - due_fen > settled_fen) AS r
    JOIN payment AS m ON m.county_code = r.county_code AND m.month = $2
        AND m.household_id = r.household_id AND m.programme = r.programme AND m.job_id = $3
    WHERE m.amount_fen > 0
    UNION ALL
    SELECT l.county_code AS county_code, l.household_id AS household_id, l.programme AS programme,
        COALESCE(
            (SELECT nullif(e.account_id, 0) FROM enrolment AS e
            WHERE e.county_code = $1 AND e.household_id = l.household_id
                AND e.person_id IN (l.person_id, 0) AND e.programme = l.programme
                AND e.valid_from <= $4
            ORDER BY CASE WHEN e.valid_to > $4 THEN 0 ELSE 1 END, e.valid_from DESC,
                e.person_id DESC LIMIT 1),
            (SELECT h.head_id FROM household AS h WHERE h.county_code = $1
                AND h.household_id = l.household_id
            ORDER BY CASE WHEN h.valid_from <= $4 THEN 0 ELSE 1 END, h.valid_from DESC
            LIMIT 1),
            l.person_id) AS payee_id,
        'backpay' AS kind, l.month AS month, l.person_id AS person_id, l.job_id AS arrears_job,
        l.due_fen - l.paid_fen AS fen
    FROM (SELECT DISTINCT county_code, household_id, programme FROM arrears_line
        WHERE county_code = $1 AND state = 'decided' AND paid_fen - due_fen > settled_fen) AS r
    JOIN arrears_line AS l ON l.county_code = r.county_code AND l.household_id = r.household_id
        AND l.programme = r.programme AND l.state = 'decided' AND l.due_fen > l.paid_fen
) AS t
ORDER BY household_id, programme, kind, month, person_id, arrears_job, payee_id;

-- name: arrears_backpay_sum read
SELECT count(*), CAST(COALESCE(sum(due_fen - paid_fen), 0) AS BIGINT) FROM arrears_line
WHERE county_code = $1 AND state = 'decided' AND due_fen > paid_fen;

-- name: arrears_list_recoveries write
-- Behind line $3 of batch $2.
INSERT INTO batch_line (county_code, batch_id, seq, household_id, payee_id, person_id, programme,
    month, kind, fen, division, name, account_kind, holder, bank_code, sealed, lookup, state,
    reason_code, reason, settled_on, words, again_batch, again_seq, from_batch, from_seq,
    deducted_fen, arrears_job)
SELECT t.county_code, CAST($2 AS BIGINT), CAST($3 AS BIGINT) + row_number() OVER (ORDER BY
        t.division, t.household_id, t.programme, t.month, t.person_id, t.job_id),
    t.household_id, t.payee_id, t.person_id, t.programme, t.month, 'recovery', 0, t.division,
    COALESCE(p.name, ''), '', '', '', NULL, NULL, 'deducted', '', '', '', '', 0, 0, 0, 0, -t.fen,
    t.job_id
FROM (SELECT x.county_code AS county_code, x.household_id AS household_id, x.payee_id AS payee_id,
        x.person_id AS person_id, x.programme AS programme, x.month AS month, x.job_id AS job_id,
        l.division AS division, CAST(sum(x.fen) AS BIGINT) AS fen
    FROM arrears_part AS x JOIN arrears_line AS l ON l.county_code = x.county_code
        AND l.job_id = x.job_id AND l.household_id = x.household_id AND l.person_id = x.person_id
        AND l.programme = x.programme AND l.month = x.month
    WHERE x.county_code = $1 AND x.batch_id = $2
    GROUP BY x.county_code, x.household_id, x.payee_id, x.person_id, x.programme, x.month, x.job_id,
        l.division) AS t
LEFT JOIN person AS p ON p.county_code = t.county_code AND p.person_id = t.payee_id;

-- name: arrears_list_backpay write
-- The lines that batch $2 pays say so.
UPDATE arrears_line SET state = 'listed', batch_id = x.batch_id, seq = x.seq
FROM batch_line AS x
WHERE arrears_line.county_code = $1 AND arrears_line.state = 'decided'
    AND x.county_code = arrears_line.county_code AND x.batch_id = $2 AND x.kind = 'backpay'
    AND arrears_line.job_id = x.arrears_job AND arrears_line.household_id = x.household_id
    AND arrears_line.person_id = x.person_id AND arrears_line.programme = x.programme
    AND arrears_line.month = x.month;

-- name: arrears_list_deducted write
UPDATE arrears_line SET settled_fen = arrears_line.settled_fen - x.deducted_fen,
    batch_id = x.batch_id, seq = x.seq,
    state = CASE WHEN arrears_line.settled_fen - x.deducted_fen
        = arrears_line.paid_fen - arrears_line.due_fen THEN 'listed' ELSE 'decided' END
FROM batch_line AS x
WHERE arrears_line.county_code = $1 AND arrears_line.state = 'decided'
    AND x.county_code = arrears_line.county_code AND x.batch_id = $2 AND x.kind = 'recovery'
    AND arrears_line.job_id = x.arrears_job AND arrears_line.household_id = x.household_id
    AND arrears_line.person_id = x.person_id AND arrears_line.programme = x.programme
    AND arrears_line.month = x.month;

-- name: arrears_list_sums read
-- Of a list: back-pay's lines and fen, recoveries' lines and fen, and the sum of all deductions.
SELECT count(*) FILTER (WHERE kind = 'backpay'),
    CAST(COALESCE(sum(fen + deducted_fen) FILTER (WHERE kind = 'backpay'), 0) AS BIGINT),
    count(*) FILTER (WHERE kind = 'recovery'),
    CAST(COALESCE(sum(deducted_fen) FILTER (WHERE kind = 'recovery'), 0) AS BIGINT),
    CAST(COALESCE(sum(deducted_fen), 0) AS BIGINT)
FROM batch_line WHERE county_code = $1 AND batch_id = $2;

-- name: arrears_ask_read read
-- Families that owe something, or owed it until list $2.
SELECT household_id, programme FROM arrears_line
WHERE county_code = $1 AND state = 'decided' AND paid_fen - due_fen > settled_fen
UNION SELECT household_id, programme FROM arrears_part WHERE county_code = $1 AND batch_id = $2
ORDER BY household_id, programme;

-- ---- asked back ----

-- name: arrears_rest read
-- What a household still owes of a programme.
SELECT CAST(COALESCE(sum(paid_fen - due_fen - settled_fen), 0) AS BIGINT),
    CAST(COALESCE(max(division), 0) AS BIGINT) FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND programme = $3 AND state = 'decided'
    AND paid_fen - due_fen > settled_fen;

-- name: arrears_rest_lines read
SELECT job_id, person_id, month, settled_fen, paid_fen - due_fen - settled_fen FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND programme = $3 AND state = 'decided'
    AND paid_fen - due_fen > settled_fen
ORDER BY month, person_id, job_id;

-- name: arrears_newest_run read
SELECT month, job_id FROM month_run WHERE county_code = $1 ORDER BY month DESC LIMIT 1;

-- name: arrears_still_paid read
-- In run $6 of month $5: how many are paid of household $2 for programme $3, and whether the one from whom
-- something is kept back for person $4 on day $7, the month's first, is one of them.
SELECT count(DISTINCT p.payee_id), count(*) FILTER (WHERE p.payee_id = w.kept_from)
FROM (SELECT COALESCE(
        (SELECT nullif(e.account_id, 0) FROM enrolment AS e
        WHERE e.county_code = $1 AND e.household_id = $2
            AND e.person_id IN ($4, 0) AND e.programme = $3
            AND e.valid_from <= $7
        ORDER BY CASE WHEN e.valid_to > $7 THEN 0 ELSE 1 END, e.valid_from DESC,
            e.person_id DESC LIMIT 1),
        (SELECT h.head_id FROM household AS h WHERE h.county_code = $1
            AND h.household_id = $2
        ORDER BY CASE WHEN h.valid_from <= $7 THEN 0 ELSE 1 END, h.valid_from DESC
        LIMIT 1),
        CAST($4 AS BIGINT)) AS kept_from) AS w
JOIN payment AS p ON p.county_code = $1 AND p.month = $5 AND p.household_id = $2
    AND p.programme = $3 AND p.job_id = $6
WHERE p.amount_fen > 0;

-- name: arrears_rest_persons read
SELECT DISTINCT person_id FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND programme = $3 AND state = 'decided'
    AND paid_fen - due_fen > settled_fen ORDER BY person_id;

-- name: arrears_part_add write
INSERT INTO arrears_part (county_code, job_id, household_id, person_id, programme, month, since_fen,
    fen, batch_id, back_no, payee_id, from_kind, from_month, from_person, from_job)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, '', '', 0, 0);

-- name: arrears_settle_part write
UPDATE arrears_line SET settled_fen = settled_fen + $8,
    state = CASE WHEN settled_fen + $8 = paid_fen - due_fen THEN 'listed' ELSE 'decided' END
WHERE county_code = $1 AND job_id = $2 AND household_id = $3 AND person_id = $4 AND programme = $5
    AND month = $6 AND settled_fen = $7 AND state = 'decided' AND settled_fen + $8 <= paid_fen - due_fen;

-- name: arrears_back_last read
SELECT COALESCE(max(back_no), 0) FROM arrears_back
WHERE county_code = $1 AND household_id = $2 AND programme = $3;

-- name: arrears_back_add write
INSERT INTO arrears_back (county_code, household_id, programme, back_no, fen, on_day, words, who, at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: arrears_backs read
SELECT programme, fen, on_day, words, who, at_ms FROM arrears_back
WHERE county_code = $1 AND household_id = $2 ORDER BY at_ms DESC, programme, back_no DESC LIMIT 200;

-- ---- deciding ----

-- name: arrears_open_households read
-- Households with open lines of a job within divisions, households and programmes, behind a key.
SELECT division, household_id, count(*) FROM arrears_line
WHERE county_code = $1 AND state = 'open' AND job_id = $2 AND division >= $3 AND division <= $4
    AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND (division, household_id) > ($9, $10)
GROUP BY division, household_id ORDER BY division, household_id LIMIT $11;

-- name: arrears_open_lines read
-- A household's open lines of a job, with what is paid by now: awards of the runs that stand, and what
-- was decided on them.
SELECT l.programme, l.month, l.person_id, l.division, l.paid_fen, l.due_fen, l.cause, l.reason,
    COALESCE(a.amount_fen, 0) + COALESCE(d.fen, 0)
FROM arrears_line AS l
LEFT JOIN month_run AS m ON m.county_code = l.county_code AND m.month = l.month
LEFT JOIN award AS a ON a.county_code = l.county_code AND a.month = l.month
    AND a.household_id = l.household_id AND a.person_id = l.person_id
    AND a.programme = l.programme AND a.job_id = m.job_id
LEFT JOIN (SELECT county_code, person_id, programme, month, CAST(sum(due_fen - paid_fen) AS BIGINT) AS fen
    FROM arrears_line WHERE county_code = $1 AND household_id = $2
        AND state IN ('decided', 'listed')
    GROUP BY county_code, person_id, programme, month) AS d ON d.county_code = l.county_code
    AND d.person_id = l.person_id AND d.programme = l.programme AND d.month = l.month
WHERE l.county_code = $1 AND l.household_id = $2 AND l.job_id = $3 AND l.state = 'open'
    AND l.programme >= $4 AND l.programme <= $5
ORDER BY l.programme, l.month, l.person_id;

-- name: arrears_stale write
UPDATE arrears_line SET state = 'stale', decided_by = $7, decided_on = $8
WHERE county_code = $1 AND household_id = $2 AND job_id = $3 AND person_id = $4 AND programme = $5
    AND month = $6 AND state = 'open';

-- name: arrears_decide write
-- Those of a programme that were found with cause $5.
UPDATE arrears_line SET state = $6, cause = $7, decided_by = $8, decided_on = $9, words = $10
WHERE county_code = $1 AND household_id = $2 AND job_id = $3 AND programme = $4 AND cause = $5
    AND state = 'open';

-- name: arrears_open_count read
-- Open lines of a job.
SELECT count(*) FROM arrears_line WHERE county_code = $1 AND state = 'open' AND job_id = $2;

-- name: arrears_job_close write
UPDATE arrears_job SET state = 'closed' WHERE county_code = $1 AND job_id = $2 AND state = 'open';

-- name: arrears_job_find read
SELECT job_id, state, division, household_id, programme, from_month, upto_month, why, who, started_ms,
    ended_ms, position, households, months, line_rows, backpay_fen, recovery_fen, left_fen, undecided
FROM arrears_job WHERE county_code = $1 AND job_id = $2;

-- ---- lists ----

-- The last parameter of each: programmes that may be seen, as ',dibao,tekun,'; empty: all.

-- name: arrears_jobs read
-- Of one county, the newest first, behind a key; states as a range.
SELECT job_id, state, division, household_id, programme, from_month, upto_month, why, who, started_ms,
    ended_ms, position, households, months, line_rows, backpay_fen, recovery_fen, left_fen, undecided
FROM arrears_job
WHERE county_code = $1 AND job_id < $2 AND state >= $3 AND state <= $4 AND state <> 'dropped'
ORDER BY job_id DESC LIMIT $5;

-- name: arrears_job_sums read
-- What a job found within divisions.
SELECT CAST(COALESCE(sum(line_rows), 0) AS BIGINT), CAST(COALESCE(sum(backpay_fen), 0) AS BIGINT),
    CAST(COALESCE(sum(recovery_fen), 0) AS BIGINT), CAST(COALESCE(sum(left_fen), 0) AS BIGINT)
FROM arrears_count
WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4
    AND ($5 = '' OR $5 LIKE '%,' || programme || ',%');

-- name: arrears_state_count read
-- Lines of a job in one state, at most $6 of them.
SELECT count(*) FROM (SELECT 1 AS one FROM arrears_line
    WHERE county_code = $1 AND state = $2 AND job_id = $3 AND division >= $4 AND division <= $5
        AND ($7 = '' OR $7 LIKE '%,' || programme || ',%')
    LIMIT $6) AS n;

-- name: arrears_sums read
-- $7: how many division codes a part takes.
SELECT (division / CAST($7 AS BIGINT)) * CAST($7 AS BIGINT), programme,
    CAST(sum(households) AS BIGINT), CAST(sum(line_rows) AS BIGINT),
    CAST(sum(backpay_fen) AS BIGINT), CAST(sum(recovery_fen) AS BIGINT),
    CAST(sum(left_fen) AS BIGINT)
FROM arrears_count
WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4 AND programme >= $5
    AND programme <= $6 AND ($8 = '' OR $8 LIKE '%,' || programme || ',%')
GROUP BY 1, 2 ORDER BY 1, 2;

-- name: arrears_lines read
-- All states, behind a key.
SELECT household_id, person_id, programme, month, division, paid_fen, due_fen, cause, reason, state,
    decided_by, decided_on, words, batch_id, seq, settled_fen
FROM arrears_line
WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4 AND household_id >= $5
    AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND ($15 = '' OR $15 LIKE '%,' || programme || ',%')
    AND (division, household_id, person_id, programme, month) > ($9, $10, $11, $12, $13)
ORDER BY division, household_id, person_id, programme, month LIMIT $14;

-- name: arrears_lines_state read
-- Those in one state ($15).
SELECT household_id, person_id, programme, month, division, paid_fen, due_fen, cause, reason, state,
    decided_by, decided_on, words, batch_id, seq, settled_fen
FROM arrears_line
WHERE county_code = $1 AND state = $15 AND job_id = $2 AND division >= $3 AND division <= $4
    AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND ($16 = '' OR $16 LIKE '%,' || programme || ',%')
    AND (division, household_id, person_id, programme, month) > ($9, $10, $11, $12, $13)
ORDER BY division, household_id, person_id, programme, month LIMIT $14;

-- name: arrears_lines_count read
SELECT count(*) FROM (SELECT 1 AS one FROM arrears_line
    WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4
        AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
        AND ($10 = '' OR $10 LIKE '%,' || programme || ',%')
    LIMIT $9) AS n;

-- name: arrears_lines_state_count read
SELECT count(*) FROM (SELECT 1 AS one FROM arrears_line
    WHERE county_code = $1 AND state = $10 AND job_id = $2 AND division >= $3 AND division <= $4
        AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
        AND ($11 = '' OR $11 LIKE '%,' || programme || ',%')
    LIMIT $9) AS n;

-- name: arrears_families read
-- Households of a job behind a key, whatever the state of their lines.
SELECT division, household_id FROM arrears_line
WHERE county_code = $1 AND job_id = $2 AND division >= $3 AND division <= $4 AND household_id >= $5
    AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND ($12 = '' OR $12 LIKE '%,' || programme || ',%')
    AND (division, household_id) > ($9, $10)
GROUP BY division, household_id ORDER BY division, household_id LIMIT $11;

-- name: arrears_families_state read
SELECT division, household_id FROM arrears_line
WHERE county_code = $1 AND state = $12 AND job_id = $2 AND division >= $3 AND division <= $4
    AND household_id >= $5 AND household_id <= $6 AND programme >= $7 AND programme <= $8
    AND ($13 = '' OR $13 LIKE '%,' || programme || ',%')
    AND (division, household_id) > ($9, $10)
GROUP BY division, household_id ORDER BY division, household_id LIMIT $11;

-- name: arrears_family_sums read
SELECT programme, count(*), count(*) FILTER (WHERE state = 'open'), min(month), max(month),
    CAST(COALESCE(sum(due_fen - paid_fen) FILTER (WHERE due_fen > paid_fen
        AND state NOT IN ('rejected', 'stale')), 0) AS BIGINT),
    CAST(COALESCE(sum(paid_fen - due_fen) FILTER (WHERE paid_fen > due_fen
        AND state NOT IN ('rejected', 'stale', 'left')), 0) AS BIGINT),
    CAST(COALESCE(sum(paid_fen - due_fen) FILTER (WHERE state = 'left'), 0) AS BIGINT)
FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND job_id = $3 AND programme >= $4 AND programme <= $5
    AND ($6 = '' OR $6 LIKE '%,' || programme || ',%')
GROUP BY programme ORDER BY programme;

-- name: arrears_owed_of read
SELECT programme, CAST(sum(paid_fen - due_fen - settled_fen) AS BIGINT) FROM arrears_line
WHERE county_code = $1 AND household_id = $2 AND state = 'decided' AND paid_fen - due_fen > settled_fen
GROUP BY programme ORDER BY programme;
