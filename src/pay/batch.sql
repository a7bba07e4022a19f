-- The month's list frozen, the bank's file and its answer.

-- schema: batch since 3
CREATE TABLE batch (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    number TEXT NOT NULL,            -- 510402-202012-01
    month TEXT NOT NULL,
    kind TEXT NOT NULL,              -- month, again
    state TEXT NOT NULL,             -- frozen, sent, answered
    line_rows BIGINT NOT NULL,       -- in the bank's file
    fen BIGINT NOT NULL,
    held_rows BIGINT NOT NULL,       -- without an account when it was frozen: not in the file
    held_fen BIGINT NOT NULL,
    paid_rows BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    failed_rows BIGINT NOT NULL,     -- by the bank's answer, whatever became of them
    failed_fen BIGINT NOT NULL,
    digest TEXT NOT NULL,            -- SM3 over its lines, in hexadecimal
    frozen_on TEXT NOT NULL,         -- a day
    frozen_by TEXT NOT NULL,         -- login
    version BIGINT NOT NULL,
    PRIMARY KEY (county_code, batch_id)
) -- clustered

-- schema: batch_month since 3
CREATE UNIQUE INDEX batch_month ON batch (county_code, month) WHERE kind = 'month'

-- schema: batch_number since 3
CREATE UNIQUE INDEX batch_number ON batch (county_code, number)

-- schema: batch_line since 3
-- As it was when it was frozen: who, how much, which account. Only its state goes on.
CREATE TABLE batch_line (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,             -- from 1; held lines behind the others
    household_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,        -- the person whose money it is
    person_id BIGINT NOT NULL,       -- of a sum paid once: whom it is for; else 0
    programme TEXT NOT NULL,
    month TEXT NOT NULL,
    kind TEXT NOT NULL,              -- the payment's: month, once; backpay, recovery
    fen BIGINT NOT NULL,              -- what the bank pays
    division BIGINT NOT NULL,        -- where the household lives
    name TEXT NOT NULL,              -- the payee's
    account_kind TEXT NOT NULL,      -- person, guardian, institution; '' = held
    holder TEXT NOT NULL,            -- the account's name
    bank_code TEXT NOT NULL,
    sealed BYTEA,                    -- the account, under the key of payee_id; null: held
    lookup BYTEA,
    state TEXT NOT NULL,             -- frozen, held, paid, failed, mended, again; deducted: wholly
                                     -- by a recovery, or one: never with the bank
    reason_code TEXT NOT NULL,       -- the bank's
    reason TEXT NOT NULL,            -- in words
    settled_on TEXT NOT NULL,        -- the day it was paid or failed; '' = not yet
    words TEXT NOT NULL,             -- how it was put right
    again_batch BIGINT NOT NULL,     -- which pays it again; 0: none
    again_seq BIGINT NOT NULL,
    from_batch BIGINT NOT NULL,      -- which it pays again; 0: none
    from_seq BIGINT NOT NULL,
    PRIMARY KEY (county_code, batch_id, seq)
) -- clustered

-- schema: batch_line_household since 3
CREATE INDEX batch_line_household ON batch_line (county_code, household_id, month)

-- schema: batch_line_open since 3
-- SQLite has no statistics: a condition on payee_id leads it here, where it would walk all lines.
CREATE INDEX batch_line_open ON batch_line (county_code, payee_id)
WHERE state IN ('failed', 'held', 'mended')

-- schema: batch_line_from since 3
-- A line is paid again by one line.
CREATE UNIQUE INDEX batch_line_from ON batch_line (county_code, from_batch, from_seq)
WHERE from_batch <> 0

-- schema: batch_line_deducted since 4
-- Kept back from the line for a recovery: fen is what the bank pays, fen + deducted_fen what the line comes
-- to. Of a recovery's own line fen is 0 and deducted_fen its amount, negative: over a month's list they
-- come to nothing.
ALTER TABLE batch_line ADD COLUMN deducted_fen BIGINT NOT NULL DEFAULT 0

-- schema: batch_line_job since 4
-- The finding that a line of back-pay or recovery comes from; 0: none.
ALTER TABLE batch_line ADD COLUMN arrears_job BIGINT NOT NULL DEFAULT 0

-- schema: batch_line_backpay since 4
-- One line of arrears is paid by one line.
CREATE UNIQUE INDEX batch_line_backpay ON batch_line (county_code, arrears_job, household_id, person_id,
    programme, month) WHERE kind = 'backpay' AND from_batch = 0

-- schema: batch_line_recovery since 4
CREATE UNIQUE INDEX batch_line_recovery ON batch_line (county_code, arrears_job, household_id, person_id,
    programme, month, batch_id) WHERE kind = 'recovery'

-- schema: batch_paid since 3
-- Which line pays a payment: one. A line paid again moves it to its own batch.
CREATE TABLE batch_paid (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    payee_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, month, programme, kind, person_id, payee_id)
) -- clustered

-- schema: batch_file since 3
-- Files that were made, whole account numbers in them: who had one, when and why.
CREATE TABLE batch_file (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    file_no BIGINT NOT NULL,
    layout TEXT NOT NULL,
    hash TEXT NOT NULL,              -- SM3 of its bytes, in hexadecimal
    bytes BIGINT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, batch_id, file_no)
) -- clustered

-- schema: batch_answer since 3
CREATE TABLE batch_answer (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    answer_no BIGINT NOT NULL,
    layout TEXT NOT NULL,
    hash TEXT NOT NULL,              -- SM3 of its bytes, in hexadecimal
    line_rows BIGINT NOT NULL,
    paid_rows BIGINT NOT NULL,
    failed_rows BIGINT NOT NULL,
    news BIGINT NOT NULL,            -- lines that it was the first to tell of
    on_day TEXT NOT NULL,
    who TEXT NOT NULL,
    read_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, batch_id, answer_no)
) -- clustered

-- schema: batch_answer_hash since 3
CREATE UNIQUE INDEX batch_answer_hash ON batch_answer (county_code, batch_id, hash)

-- schema: batch_answer_line since 3
CREATE TABLE batch_answer_line (
    county_code BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    answer_no BIGINT NOT NULL,       -- the first that told of it
    state TEXT NOT NULL,             -- paid, failed
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (county_code, batch_id, seq)
) -- clustered

-- ---- freezing ----

-- name: batch_of_month read
SELECT batch_id FROM batch WHERE county_code = $1 AND month = $2 AND kind = 'month';

-- name: batch_count_month read
SELECT count(*) FROM batch WHERE county_code = $1 AND month = $2;

-- name: batch_freeze_payments write
-- $2 batch, $3 month, $4 visible job, $5 the month's first day. Lines that the bank pays come first, so
-- that its file is numbered without a gap; then those without an account, then those that a recovery
-- takes whole. What is deducted stands in arrears_part already.
INSERT INTO batch_line (county_code, batch_id, seq, household_id, payee_id, person_id, programme,
    month, kind, fen, division, name, account_kind, holder, bank_code, sealed, lookup, state,
    reason_code, reason, settled_on, words, again_batch, again_seq, from_batch, from_seq,
    deducted_fen, arrears_job)
SELECT t.county_code, CAST($2 AS BIGINT), row_number() OVER (ORDER BY
        CASE WHEN t.fen = t.deducted_fen THEN 2 WHEN t.sealed IS NULL THEN 1 ELSE 0 END,
        t.division, t.household_id, t.month, t.programme, t.kind, t.payee_id, t.person_id,
        t.arrears_job),
    t.household_id, t.payee_id, t.person_id, t.programme, t.month, t.kind, t.fen - t.deducted_fen,
    t.division, t.name, CASE WHEN t.sealed IS NULL THEN '' ELSE t.account_kind END, t.holder,
    t.bank_code, t.sealed, t.lookup, CASE WHEN t.fen = t.deducted_fen THEN 'deducted'
        WHEN t.sealed IS NULL THEN 'held' ELSE 'frozen' END, '', '', '', '', 0, 0, 0, 0,
    t.deducted_fen, t.arrears_job
FROM (
    SELECT y.county_code AS county_code, y.household_id AS household_id, y.payee_id AS payee_id,
        y.person_id AS person_id, y.programme AS programme, y.month AS month, y.kind AS kind,
        y.fen AS fen, y.division AS division, COALESCE(p.name, '') AS name,
        COALESCE(a.kind, b.kind, 'person') AS account_kind,
        COALESCE(a.holder, b.holder, p.name, '') AS holder,
        COALESCE(a.bank_code, b.bank_code, '') AS bank_code,
        COALESCE(a.sealed, b.sealed, n.sealed) AS sealed,
        COALESCE(a.lookup, b.lookup, n.lookup) AS lookup, y.arrears_job AS arrears_job,
        COALESCE(d.fen, 0) AS deducted_fen
    FROM (
        SELECT m.county_code AS county_code, m.household_id AS household_id,
            m.payee_id AS payee_id, CAST(0 AS BIGINT) AS person_id, m.programme AS programme,
            m.month AS month, m.kind AS kind, m.amount_fen AS fen,
            CASE WHEN m.division <> 0 THEN m.division
                ELSE COALESCE(h.division, m.county_code * 1000000) END AS division,
            CAST(0 AS BIGINT) AS arrears_job
        FROM payment AS m
        LEFT JOIN household AS h ON h.county_code = m.county_code
            AND h.household_id = m.household_id AND h.valid_from <= $5 AND h.valid_to > $5
        WHERE m.county_code = $1 AND m.month = $3 AND m.job_id = $4 AND m.amount_fen > 0
        UNION ALL
        SELECT o.county_code AS county_code, o.household_id AS household_id,
            CASE WHEN o.account_id <> 0 THEN o.account_id
                ELSE COALESCE(h.head_id, o.person_id) END AS payee_id,
            o.person_id AS person_id, o.programme AS programme, o.month AS month, o.kind AS kind,
            o.amount_fen AS fen, COALESCE(h.division, o.county_code * 1000000) AS division,
            CAST(0 AS BIGINT) AS arrears_job
        FROM one_off AS o
        LEFT JOIN household AS h ON h.county_code = o.county_code
            AND h.household_id = o.household_id AND h.valid_from <= o.paid_on
            AND h.valid_to > o.paid_on
        WHERE o.county_code = $1 AND o.month <= $3
            AND NOT EXISTS (SELECT 1 FROM batch_paid AS d WHERE d.county_code = o.county_code
                AND d.household_id = o.household_id AND d.month = o.month
                AND d.programme = o.programme AND d.kind = o.kind AND d.person_id = o.person_id)
        UNION ALL
        SELECT l.county_code AS county_code, l.household_id AS household_id,
            COALESCE(
                (SELECT nullif(e.account_id, 0) FROM enrolment AS e
                WHERE e.county_code = $1 AND e.household_id = l.household_id
                    AND e.person_id IN (l.person_id, 0) AND e.programme = l.programme
                    AND e.valid_from <= $5
                ORDER BY CASE WHEN e.valid_to > $5 THEN 0 ELSE 1 END, e.valid_from DESC,
                    e.person_id DESC LIMIT 1),
                (SELECT h.head_id FROM household AS h WHERE h.county_code = $1
                    AND h.household_id = l.household_id
                ORDER BY CASE WHEN h.valid_from <= $5 THEN 0 ELSE 1 END, h.valid_from DESC
                LIMIT 1),
                l.person_id) AS payee_id,
            l.person_id AS person_id, l.programme AS programme, l.month AS month,
            'backpay' AS kind, l.due_fen - l.paid_fen AS fen, l.division AS division,
            l.job_id AS arrears_job
        FROM arrears_line AS l
        WHERE l.county_code = $1 AND l.state = 'decided' AND l.due_fen > l.paid_fen
    ) AS y
    LEFT JOIN (SELECT county_code, household_id, programme, payee_id, from_person, from_month,
            from_kind, from_job, CAST(sum(fen) AS BIGINT) AS fen
        FROM arrears_part WHERE county_code = $1 AND batch_id = $2
        GROUP BY county_code, household_id, programme, payee_id, from_person, from_month, from_kind,
            from_job) AS d ON d.county_code = y.county_code AND d.household_id = y.household_id
        AND d.programme = y.programme AND d.payee_id = y.payee_id AND d.from_person = y.person_id
        AND d.from_month = y.month AND d.from_kind = y.kind AND d.from_job = y.arrears_job
    LEFT JOIN person AS p ON p.county_code = y.county_code AND p.person_id = y.payee_id
    LEFT JOIN payee_account AS a ON a.county_code = y.county_code AND a.person_id = y.payee_id
        AND a.programme = y.programme AND a.state = 'valid'
    LEFT JOIN payee_account AS b ON b.county_code = y.county_code AND b.person_id = y.payee_id
        AND b.programme = '' AND b.state = 'valid'
    LEFT JOIN person_number AS n ON n.county_code = y.county_code AND n.person_id = y.payee_id
        AND n.kind = 3
) AS t;

-- name: batch_freeze_again write
-- Lines that are right again, and held ones that have an account now, with the account of today.
INSERT INTO batch_line (county_code, batch_id, seq, household_id, payee_id, person_id, programme,
    month, kind, fen, division, name, account_kind, holder, bank_code, sealed, lookup, state,
    reason_code, reason, settled_on, words, again_batch, again_seq, from_batch, from_seq,
    deducted_fen, arrears_job)
SELECT t.county_code, CAST($2 AS BIGINT), row_number() OVER (ORDER BY t.division, t.household_id,
        t.month, t.programme, t.kind, t.payee_id, t.person_id),
    t.household_id, t.payee_id, t.person_id, t.programme, t.month, t.kind, t.fen, t.division,
    t.name, t.account_kind, t.holder, t.bank_code, t.sealed, t.lookup, 'frozen', '', '', '', '', 0,
    0, t.batch_id, t.seq, t.deducted_fen, t.arrears_job
FROM (
    SELECT y.county_code AS county_code, y.batch_id AS batch_id, y.seq AS seq,
        y.household_id AS household_id, y.payee_id AS payee_id, y.person_id AS person_id,
        y.programme AS programme, y.month AS month, y.kind AS kind, y.fen AS fen,
        y.division AS division, y.deducted_fen AS deducted_fen, y.arrears_job AS arrears_job,
        COALESCE(p.name, y.name) AS name,
        COALESCE(a.kind, b.kind, 'person') AS account_kind,
        COALESCE(a.holder, b.holder, p.name, '') AS holder,
        COALESCE(a.bank_code, b.bank_code, '') AS bank_code,
        COALESCE(a.sealed, b.sealed, n.sealed) AS sealed,
        COALESCE(a.lookup, b.lookup, n.lookup) AS lookup
    FROM batch_line AS y
    LEFT JOIN person AS p ON p.county_code = y.county_code AND p.person_id = y.payee_id
    LEFT JOIN payee_account AS a ON a.county_code = y.county_code AND a.person_id = y.payee_id
        AND a.programme = y.programme AND a.state = 'valid'
    LEFT JOIN payee_account AS b ON b.county_code = y.county_code AND b.person_id = y.payee_id
        AND b.programme = '' AND b.state = 'valid'
    LEFT JOIN person_number AS n ON n.county_code = y.county_code AND n.person_id = y.payee_id
        AND n.kind = 3
    WHERE y.county_code = $1 AND y.state IN ('failed', 'held', 'mended') AND y.payee_id >= 0
        AND y.state <> 'failed'
) AS t
WHERE t.sealed IS NOT NULL;

-- name: batch_again_sources read
SELECT s.batch_id, s.seq, s.division FROM batch_line AS x
JOIN batch_line AS s ON s.county_code = x.county_code AND s.batch_id = x.from_batch
    AND s.seq = x.from_seq
WHERE x.county_code = $1 AND x.batch_id = $2 AND s.state = 'again' ORDER BY s.batch_id, s.seq;

-- name: batch_again_from write
-- The lines that a batch pays again say so.
UPDATE batch_line SET state = 'again', again_batch = x.batch_id, again_seq = x.seq
FROM batch_line AS x
WHERE batch_line.county_code = $1 AND x.county_code = batch_line.county_code AND x.batch_id = $2
    AND batch_line.batch_id = x.from_batch AND batch_line.seq = x.from_seq;

-- name: batch_again_paid write
UPDATE batch_paid SET batch_id = x.batch_id, seq = x.seq
FROM batch_line AS x
WHERE batch_paid.county_code = $1 AND x.county_code = batch_paid.county_code AND x.batch_id = $2
    AND batch_paid.household_id = x.household_id AND batch_paid.month = x.month
    AND batch_paid.programme = x.programme AND batch_paid.kind = x.kind
    AND batch_paid.person_id = x.person_id AND batch_paid.payee_id = x.payee_id
    AND batch_paid.batch_id = x.from_batch AND batch_paid.seq = x.from_seq;

-- name: batch_again_open read
-- What an "again" would take: lines, fen, latest month.
SELECT count(*), CAST(COALESCE(sum(y.fen), 0) AS BIGINT), COALESCE(max(y.month), '')
FROM batch_line AS y
LEFT JOIN payee_account AS a ON a.county_code = y.county_code AND a.person_id = y.payee_id
    AND a.programme = y.programme AND a.state = 'valid'
LEFT JOIN payee_account AS b ON b.county_code = y.county_code AND b.person_id = y.payee_id
    AND b.programme = '' AND b.state = 'valid'
LEFT JOIN person_number AS n ON n.county_code = y.county_code AND n.person_id = y.payee_id
    AND n.kind = 3
WHERE y.county_code = $1 AND y.state IN ('failed', 'held', 'mended') AND y.payee_id >= 0
    AND y.state <> 'failed' AND COALESCE(a.sealed, b.sealed, n.sealed) IS NOT NULL;

-- name: batch_claim write
-- A payment that another line pays already is a conflict, and nothing is frozen.
INSERT INTO batch_paid (county_code, household_id, month, programme, kind, person_id, payee_id,
    batch_id, seq)
SELECT county_code, household_id, month, programme, kind, person_id, payee_id, batch_id, seq
FROM batch_line WHERE county_code = $1 AND batch_id = $2 AND kind IN ('month', 'once');

-- name: batch_arrears_rows read
-- Lines of a batch that batch_paid does not hold: arrears have a key of their own.
SELECT count(*) FROM batch_line
WHERE county_code = $1 AND batch_id = $2 AND kind IN ('backpay', 'recovery');

-- name: batch_month_sum read
SELECT CAST(COALESCE(sum(amount_fen), 0) AS BIGINT) FROM payment
WHERE county_code = $1 AND month = $2 AND job_id = $3;

-- name: batch_once_sum read
SELECT CAST(COALESCE(sum(o.amount_fen), 0) AS BIGINT) FROM one_off AS o
WHERE o.county_code = $1 AND o.month <= $2
    AND NOT EXISTS (SELECT 1 FROM batch_paid AS d WHERE d.county_code = o.county_code
        AND d.household_id = o.household_id AND d.month = o.month
        AND d.programme = o.programme AND d.kind = o.kind AND d.person_id = o.person_id);

-- name: batch_add write
INSERT INTO batch (county_code, batch_id, number, month, kind, state, line_rows, fen, held_rows,
    held_fen, paid_rows, paid_fen, failed_rows, failed_fen, digest, frozen_on, frozen_by, version)
VALUES ($1, $2, $3, $4, $5, 'frozen', $6, $7, $8, $9, 0, 0, 0, 0, $10, $11, $12, 1);

-- name: batch_digest_lines read
SELECT seq, household_id, payee_id, person_id, programme, month, kind, fen, holder, account_kind,
    bank_code, lookup, state, deducted_fen, arrears_job
FROM batch_line WHERE county_code = $1 AND batch_id = $2 ORDER BY seq;

-- ---- reading ----

-- name: batch_find read
SELECT batch_id, number, month, kind, state, line_rows, fen, held_rows, held_fen, paid_rows, paid_fen,
    failed_rows, failed_fen, digest, frozen_on, frozen_by, version
FROM batch WHERE county_code = $1 AND batch_id = $2;

-- name: batch_by_number read
SELECT batch_id, number, month, kind, state, line_rows, fen, held_rows, held_fen, paid_rows, paid_fen,
    failed_rows, failed_fen, digest, frozen_on, frozen_by, version
FROM batch WHERE county_code = $1 AND number = $2;

-- name: batch_list read
-- Of one county, the newest first, behind a key.
SELECT batch_id, number, month, kind, state, line_rows, fen, held_rows, held_fen, paid_rows, paid_fen,
    failed_rows, failed_fen, digest, frozen_on, frozen_by, version
FROM batch WHERE county_code = $1 AND batch_id < $2 AND month >= $3 AND month <= $4
ORDER BY batch_id DESC LIMIT $5;

-- name: batch_list_count read
SELECT count(*) FROM batch WHERE county_code = $1 AND month >= $2 AND month <= $3;

-- name: batch_lines read
-- $4 state or '' (then $5 = '~'), divisions, programmes, names: ranges, so that a filter that is not
-- given takes everything.
SELECT seq, household_id, payee_id, person_id, programme, month, kind, fen, division, name,
    account_kind, holder, bank_code, sealed, state, reason_code, reason, settled_on, words,
    again_batch, again_seq, from_batch, from_seq, deducted_fen, arrears_job
FROM batch_line
WHERE county_code = $1 AND batch_id = $2 AND seq > $3 AND state >= $4 AND state <= $5
    AND division >= $6 AND division <= $7 AND programme >= $8 AND programme <= $9
    AND name >= $10 AND name <= $11
ORDER BY seq LIMIT $12;

-- name: batch_lines_count read
SELECT count(*), CAST(COALESCE(sum(fen), 0) AS BIGINT) FROM batch_line
WHERE county_code = $1 AND batch_id = $2 AND state >= $3 AND state <= $4
    AND division >= $5 AND division <= $6 AND programme >= $7 AND programme <= $8
    AND name >= $9 AND name <= $10;

-- name: batch_line_find read
SELECT seq, household_id, payee_id, person_id, programme, month, kind, fen, division, name,
    account_kind, holder, bank_code, sealed, state, reason_code, reason, settled_on, words,
    again_batch, again_seq, from_batch, from_seq, deducted_fen, arrears_job
FROM batch_line WHERE county_code = $1 AND batch_id = $2 AND seq = $3;

-- name: batch_states read
SELECT state, count(*), CAST(sum(fen) AS BIGINT) FROM batch_line
WHERE county_code = $1 AND batch_id = $2 GROUP BY state ORDER BY state;

-- name: batch_kinds read
-- What the lines of a batch come to, by kind: before deductions, and what is deducted.
SELECT kind, count(*), CAST(sum(fen + deducted_fen) AS BIGINT), CAST(sum(deducted_fen) AS BIGINT)
FROM batch_line WHERE county_code = $1 AND batch_id = $2 GROUP BY kind ORDER BY kind;

-- name: batch_household_lines read
SELECT l.seq, l.household_id, l.payee_id, l.person_id, l.programme, l.month, l.kind, l.fen,
    l.division, l.name, l.account_kind, l.holder, l.bank_code, l.sealed, l.state, l.reason_code,
    l.reason, l.settled_on, l.words, l.again_batch, l.again_seq, l.from_batch, l.from_seq,
    l.deducted_fen, l.arrears_job, l.batch_id, b.number, b.state, COALESCE(x.number, '')
FROM batch_line AS l JOIN batch AS b ON b.county_code = l.county_code AND b.batch_id = l.batch_id
LEFT JOIN batch AS x ON x.county_code = l.county_code AND x.batch_id = l.again_batch
WHERE l.county_code = $1 AND l.household_id = $2 AND l.month >= $3 AND l.month <= $4
ORDER BY l.month DESC, l.batch_id DESC, l.seq LIMIT $5;

-- name: batch_files read
SELECT file_no, layout, hash, bytes, who, why, made_ms FROM batch_file
WHERE county_code = $1 AND batch_id = $2 ORDER BY file_no;

-- name: batch_answers read
SELECT answer_no, layout, hash, line_rows, paid_rows, failed_rows, news, on_day, who, read_ms
FROM batch_answer WHERE county_code = $1 AND batch_id = $2 ORDER BY answer_no;

-- ---- the bank's file ----

-- name: batch_file_lines read
SELECT l.seq, l.household_id, l.payee_id, l.programme, l.month, l.kind, l.fen, l.holder,
    l.bank_code, l.sealed, k.wrapped, n.sealed
FROM batch_line AS l
JOIN person_key AS k ON k.county_code = l.county_code AND k.person_id = l.payee_id
LEFT JOIN person_number AS n ON n.county_code = l.county_code AND n.person_id = l.payee_id
    AND n.kind = 1
WHERE l.county_code = $1 AND l.batch_id = $2 AND l.seq <= $3 ORDER BY l.seq;

-- name: batch_file_last read
SELECT COALESCE(max(file_no), 0) FROM batch_file WHERE county_code = $1 AND batch_id = $2;

-- name: batch_file_add write
INSERT INTO batch_file (county_code, batch_id, file_no, layout, hash, bytes, who, why, made_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: batch_sent write
UPDATE batch SET state = 'sent', version = version + 1
WHERE county_code = $1 AND batch_id = $2 AND state = 'frozen';

-- ---- the bank's answer ----

-- name: batch_answer_known read
SELECT answer_no, read_ms, who FROM batch_answer
WHERE county_code = $1 AND batch_id = $2 AND hash = $3;

-- name: batch_answer_last read
SELECT COALESCE(max(answer_no), 0) FROM batch_answer WHERE county_code = $1 AND batch_id = $2;

-- name: batch_answer_add write
INSERT INTO batch_answer (county_code, batch_id, answer_no, layout, hash, line_rows, paid_rows,
    failed_rows, news, on_day, who, read_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: batch_answered_lines read
-- Every line of the file, with what the bank has said of it so far.
SELECT l.seq, l.fen, l.lookup, COALESCE(r.state, ''), COALESCE(r.reason_code, '')
FROM batch_line AS l
LEFT JOIN batch_answer_line AS r ON r.county_code = l.county_code AND r.batch_id = l.batch_id
    AND r.seq = l.seq
WHERE l.county_code = $1 AND l.batch_id = $2 AND l.seq <= $3 ORDER BY l.seq;

-- name: batch_settle write
UPDATE batch_line SET state = r.state, reason_code = r.reason_code, reason = r.reason,
    settled_on = $4
FROM batch_answer_line AS r
WHERE batch_line.county_code = $1 AND batch_line.batch_id = $2 AND batch_line.state = 'frozen'
    AND r.county_code = batch_line.county_code AND r.batch_id = batch_line.batch_id
    AND r.seq = batch_line.seq AND r.answer_no = $3;

-- name: batch_answer_sums read
SELECT r.state, count(*), CAST(sum(l.fen) AS BIGINT) FROM batch_answer_line AS r
JOIN batch_line AS l ON l.county_code = r.county_code AND l.batch_id = r.batch_id AND l.seq = r.seq
WHERE r.county_code = $1 AND r.batch_id = $2 GROUP BY r.state ORDER BY r.state;

-- name: batch_sums_put write
UPDATE batch SET paid_rows = $3, paid_fen = $4, failed_rows = $5, failed_fen = $6, state = $7,
    version = version + 1
WHERE county_code = $1 AND batch_id = $2;

-- ---- what comes back ----

-- name: batch_back read
-- Lines of a batch in one state, for the tasks of the townships.
SELECT seq, household_id, payee_id, programme, fen, division, name, reason, month FROM batch_line
WHERE county_code = $1 AND batch_id = $2 AND state = $3 ORDER BY division, seq;

-- name: batch_back_left read
-- How many a township still has to see to in a batch.
SELECT count(*) FROM batch_line
WHERE county_code = $1 AND payee_id >= 0 AND state IN ('failed', 'held', 'mended')
    AND state <> 'mended' AND batch_id = $2 AND division >= $3 AND division <= $4;

-- name: batch_back_of_payee read
-- Open lines of somebody whose account was put right.
SELECT batch_id, seq, state, programme, division FROM batch_line
WHERE county_code = $1 AND payee_id >= $2 AND payee_id <= $2
    AND state IN ('failed', 'held', 'mended') AND state <> 'mended'
ORDER BY batch_id, seq;

-- name: batch_back_now read
-- Open lines of a county: failed, held, mended; how many and how much.
SELECT state, count(*), CAST(sum(fen) AS BIGINT) FROM batch_line
WHERE county_code = $1 AND state IN ('failed', 'held', 'mended') AND payee_id >= 0
    AND division >= $2 AND division <= $3
GROUP BY state ORDER BY state;

-- name: batch_mend write
UPDATE batch_line SET state = 'mended', words = $4
WHERE county_code = $1 AND batch_id = $2 AND seq = $3 AND state IN ('failed', 'held');

-- name: batch_account_now read
-- Has the payee an account for a programme?
SELECT CASE WHEN COALESCE(a.sealed, b.sealed, n.sealed) IS NULL THEN 0 ELSE 1 END
FROM person AS p
LEFT JOIN payee_account AS a ON a.county_code = p.county_code AND a.person_id = p.person_id
    AND a.programme = $3 AND a.state = 'valid'
LEFT JOIN payee_account AS b ON b.county_code = p.county_code AND b.person_id = p.person_id
    AND b.programme = '' AND b.state = 'valid'
LEFT JOIN person_number AS n ON n.county_code = p.county_code AND n.person_id = p.person_id
    AND n.kind = 3
WHERE p.county_code = $1 AND p.person_id = $2;
