-- The desk: one row a task. Rows lie by due day within what is open (ended = '') or was ended on a
-- day, so that a desk is read off from its beginning, whoever looks at it.

-- schema: task since 2
CREATE TABLE task (
    county_code BIGINT NOT NULL,
    ended TEXT NOT NULL,             -- the day it was ended; '' while open
    due TEXT NOT NULL,               -- '9999-12-31': no limit
    task_id BIGINT NOT NULL,
    open BIGINT NOT NULL,            -- 1 while ended is ''
    kind TEXT NOT NULL,              -- see desk.c
    case_id BIGINT NOT NULL,         -- 0: of no case
    ref_id BIGINT NOT NULL,          -- proposal, notice; 0
    step TEXT NOT NULL,              -- the service's step
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    division BIGINT NOT NULL,        -- of the office that must act
    township BIGINT NOT NULL,        -- the township it lies in; the county itself for its own office
    role TEXT NOT NULL,              -- guard's roles.def
    line TEXT NOT NULL,
    title TEXT NOT NULL,
    title_en TEXT NOT NULL,
    subject TEXT NOT NULL,           -- whom it is about
    opened TEXT NOT NULL,
    warn TEXT NOT NULL,              -- from this day on it is amber
    unit BIGINT NOT NULL,            -- in which its time is counted: enum deadline_unit
    unsure BIGINT NOT NULL,          -- 1: due lies in a year without a calendar
    paused BIGINT NOT NULL,          -- 1: the clock stands still
    batch BIGINT NOT NULL,           -- tasks that one decision may end together; 0: none
    position BIGINT NOT NULL,        -- the change that wrote it last
    PRIMARY KEY (county_code, ended, due, task_id)
) -- clustered

-- schema: task_township since 2
-- A township's desk and its counts without a look at the rows of others.
CREATE INDEX task_township ON task (county_code, township, open, due, task_id, division, line, warn, paused)

-- schema: task_role since 2
-- What a county's own people do, among all that its townships have on their desks.
CREATE INDEX task_role ON task (county_code, role, kind, open, due, task_id)

-- schema: task_open since 2
-- A task is open once.
CREATE UNIQUE INDEX task_open ON task (county_code, case_id, kind, ref_id, step) WHERE open = 1

-- name: task_put write
INSERT INTO task (county_code, ended, due, task_id, open, kind, case_id, ref_id, step, household_id,
    person_id, division, township, role, line, title, title_en, subject, opened, warn, unit, unsure,
    paused, batch, position)
VALUES ($1, '', $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23)
ON CONFLICT (county_code, case_id, kind, ref_id, step) WHERE open = 1 DO UPDATE
SET due = excluded.due, household_id = excluded.household_id, person_id = excluded.person_id,
    division = excluded.division, township = excluded.township, role = excluded.role,
    line = excluded.line, title = excluded.title, title_en = excluded.title_en,
    subject = excluded.subject, opened = excluded.opened, warn = excluded.warn,
    unit = excluded.unit, unsure = excluded.unsure, paused = excluded.paused,
    batch = excluded.batch, position = excluded.position
RETURNING task_id;

-- name: task_end write
UPDATE task SET ended = $6, open = 0, position = $7
WHERE county_code = $1 AND case_id = $2 AND kind = $3 AND ref_id = $4 AND step = $5 AND open = 1;

-- name: task_end_case write
-- Without "kind >=" SQLite, which keeps no statistics, would walk the county instead of task_open.
UPDATE task SET ended = $3, open = 0, position = $4
WHERE county_code = $1 AND case_id = $2 AND kind >= '' AND kind NOT IN ('notice', 'message', 'posting') AND open = 1;

-- ---- the desk: of one county, behind (due, task_id), up to a number of rows ----
-- $2 ended ('' the open ones), $3 and $4 behind what, $5 and $6 divisions, $7 line ('' all), $8 words
-- as a pattern. Open ones of a township or of a role have ways of their own, which SQLite, without
-- statistics, takes only when the condition on `ended` can't lead it to the key.

-- name: desk_county read
SELECT task_id, kind, case_id, ref_id, step, household_id, person_id, division, role, line, title,
    title_en, subject, opened, due, warn, unit, unsure, paused, ended, batch
FROM task
WHERE county_code = $1 AND ended = $2 AND (due, task_id) > ($3, $4)
    AND division >= $5 AND division <= $6 AND (CAST($7 AS TEXT) = '' OR line = $7)
    AND (subject LIKE $8 ESCAPE '\' OR title LIKE $8 ESCAPE '\')
ORDER BY due, task_id LIMIT $9;

-- name: desk_township read
SELECT task_id, kind, case_id, ref_id, step, household_id, person_id, division, role, line, title,
    title_en, subject, opened, due, warn, unit, unsure, paused, ended, batch
FROM task
WHERE county_code = $1 AND township = $9 AND open = 1 AND (due, task_id) > ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
    AND (subject LIKE $7 ESCAPE '\' OR title LIKE $7 ESCAPE '\')
ORDER BY due, task_id LIMIT $8;

-- name: desk_role read
SELECT task_id, kind, case_id, ref_id, step, household_id, person_id, division, role, line, title,
    title_en, subject, opened, due, warn, unit, unsure, paused, ended, batch
FROM task
WHERE county_code = $1 AND role = $9 AND kind = $10 AND open = 1 AND (due, task_id) > ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
    AND (subject LIKE $7 ESCAPE '\' OR title LIKE $7 ESCAPE '\')
ORDER BY due, task_id LIMIT $8;

-- name: tasks_of_case read
SELECT task_id, kind, case_id, ref_id, step, household_id, person_id, division, role, line, title,
    title_en, subject, opened, due, warn, unit, unsure, paused, ended, batch
FROM task WHERE county_code = $1 AND case_id = $2 AND kind >= '' AND open = 1
ORDER BY due, task_id;

-- ---- counts: of at most so many rows, the earliest due ----
-- $2 ended, $3 and $4 divisions, $5 line, $6 today, $7 at most; of a township the open ones only.

-- name: desk_count_county read
SELECT count(*),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due >= $6 AND t.warn <= $6 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due < $6 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due = $6 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(t.paused), 0) AS BIGINT)
FROM (SELECT due, warn, paused FROM task
    WHERE county_code = $1 AND ended = $2 AND division >= $3 AND division <= $4
        AND (CAST($5 AS TEXT) = '' OR line = $5)
    ORDER BY due LIMIT $7) AS t;

-- name: desk_count_township read
SELECT count(*),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due >= $5 AND t.warn <= $5 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due < $5 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(CASE WHEN t.paused = 0 AND t.due = $5 THEN 1 ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(sum(t.paused), 0) AS BIGINT)
FROM (SELECT due, warn, paused FROM task
    WHERE county_code = $1 AND township = $7 AND open = 1 AND division >= $2 AND division <= $3
        AND (CAST($4 AS TEXT) = '' OR line = $4)
    ORDER BY due LIMIT $6) AS t;

-- ---- what a successor must know ----

-- name: household_related read
-- Members of a household who are of the staff, or on record as relatives of somebody of it.
SELECT r.relation, s.name
FROM membership AS m
JOIN staff_relative AS r ON r.person_county = m.county_code AND r.person_id = m.person_id
JOIN account AS s ON s.account_id = r.account_id
WHERE m.county_code = $1 AND m.household_id = $2 AND m.valid_from <= $3 AND m.valid_to > $3
    AND s.state = 'active'
UNION ALL
SELECT '本人', s.name
FROM membership AS m
JOIN account AS s ON s.person_county = m.county_code AND s.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id = $2 AND m.valid_from <= $3 AND m.valid_to > $3
    AND s.state = 'active'
ORDER BY 2, 1;
