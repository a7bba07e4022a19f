-- Regular reviews: who is enrolled, when it was decided last, which tasks there are.

-- name: review_enrolled read
SELECT household_id, person_id, valid_from FROM enrolment
WHERE county_code = $1 AND programme = $2 AND valid_from <= $3 AND valid_to > $3
ORDER BY household_id, person_id;

-- name: review_cases read
-- The cases of a household, with the day on which each was decided last.
SELECT c.service, c.person_id, c.open, COALESCE((SELECT max(e.day) FROM case_event AS e
    WHERE e.county_code = $1 AND e.case_id = c.case_id AND e.kind = 'decided'), '')
FROM work_case AS c WHERE c.county_code = $1 AND c.household_id = $2 AND c.case_id > 0
ORDER BY c.case_id;

-- name: review_task read
SELECT due FROM task
WHERE county_code = $1 AND case_id = 0 AND kind = 'review' AND ref_id = $2 AND step = $3 AND open = 1;

-- name: review_tasks_over read
-- Tasks for who is not enrolled any more.
SELECT t.ref_id FROM task AS t
WHERE t.county_code = $1 AND t.case_id = 0 AND t.kind = 'review' AND t.step = $2 AND t.open = 1
    AND NOT EXISTS (SELECT 1 FROM enrolment AS e
        WHERE e.county_code = $1 AND e.household_id = t.household_id
            AND e.person_id = t.person_id AND e.programme = $3 AND e.valid_from <= $4
            AND e.valid_to > $4)
ORDER BY t.ref_id;
