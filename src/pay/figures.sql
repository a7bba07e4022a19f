-- The figures of a month: whoever was on a programme on its eve or on its last day, and what was paid.
-- $2 the eve, $3 the last day.

-- name: figures_enrolled read
SELECT e.household_id, e.person_id, e.programme, e.valid_from, e.valid_to
FROM enrolment AS e
WHERE e.county_code = $1 AND e.household_id > 0 AND e.valid_to > $2 AND e.valid_from <= $3
    AND e.valid_to > e.valid_from
ORDER BY e.household_id, e.programme, e.person_id, e.valid_from;

-- name: figures_places read
SELECT h.household_id, h.division, h.valid_from, h.valid_to
FROM (SELECT DISTINCT household_id FROM enrolment
    WHERE county_code = $1 AND household_id > 0 AND valid_to > $2 AND valid_from <= $3) AS e
JOIN household AS h ON h.county_code = $1 AND h.household_id = e.household_id
WHERE h.valid_to > $2 AND h.valid_from <= $3
ORDER BY h.household_id, h.valid_from;

-- name: figures_members read
SELECT m.household_id, m.person_id, m.valid_from, m.valid_to, p.sex, p.birth_date,
    COALESCE(p.death_date, '')
FROM (SELECT DISTINCT household_id FROM enrolment
    WHERE county_code = $1 AND household_id > 0 AND valid_to > $2 AND valid_from <= $3) AS e
JOIN membership AS m ON m.county_code = $1 AND m.household_id = e.household_id
JOIN person AS p ON p.county_code = $1 AND p.person_id = m.person_id
WHERE m.valid_to > $2 AND m.valid_from <= $3
ORDER BY m.household_id, m.person_id, m.valid_from;

-- name: figures_awards read
-- $2 month, $3 the visible job.
SELECT household_id, programme, CAST(sum(amount_fen) AS BIGINT) FROM award
WHERE county_code = $1 AND month = $2 AND job_id = $3
GROUP BY household_id, programme ORDER BY household_id, programme;

-- name: figures_once read
SELECT o.household_id, o.programme, count(*), CAST(sum(o.amount_fen) AS BIGINT)
FROM one_off AS o WHERE o.county_code = $1 AND o.month = $2
GROUP BY o.household_id, o.programme ORDER BY o.household_id, o.programme;

-- name: figures_stop read
-- Why: as the accepted proposal said.
SELECT outcome, reasons FROM proposal
WHERE county_code = $1 AND household_id = $2 AND state = 'accepted' AND seen >= ''
    AND programme = $3 AND kind = 'stop'
ORDER BY decided_on DESC, proposal_id DESC LIMIT 1;

-- name: figures_lived read
-- Where a household lives on the day, else where it lived last.
SELECT division FROM household WHERE county_code = $1 AND household_id = $2
ORDER BY CASE WHEN valid_from <= $3 AND valid_to > $3 THEN 0 ELSE 1 END, valid_from DESC LIMIT 1;
