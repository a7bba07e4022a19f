-- Names and texts of people whose time on record is over (forget.h).

-- name: forget_name write
UPDATE person SET name = $3 WHERE county_code = $1 AND person_id = $2;

-- name: forget_name_past write
UPDATE person_past SET name = $3 WHERE county_code = $1 AND person_id = $2;
