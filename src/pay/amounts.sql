-- What a household is paid, as it was decided and awarded at another time.

-- name: amounts_then read
SELECT person_id, programme, amount_fen, from_month, position, cause, who FROM decided_amount
WHERE county_code = $1 AND household_id = $2 AND from_month <= $3 AND position <= $4
ORDER BY person_id, programme, position, from_month;

-- name: amounts_positions read
SELECT position FROM decided_amount WHERE county_code = $1 AND household_id = $2
UNION
SELECT position FROM one_off WHERE county_code = $1 AND household_id = $2;

-- name: amounts_awards_then read
-- Of months up to $4 whose run, as it stands, had ended by then.
SELECT a.month, a.person_id, a.programme, a.amount_fen, a.ground
FROM month_run AS m
JOIN run_job AS j ON j.county_code = m.county_code AND j.job_id = m.job_id
CROSS JOIN award AS a
WHERE m.county_code = $1 AND a.county_code = m.county_code AND a.month = m.month
    AND a.household_id = $2 AND a.job_id = m.job_id
    AND m.month <= $4 AND j.ended_ms <= $5
ORDER BY a.month DESC, a.programme, a.person_id LIMIT $3;

-- name: amounts_once_then read
SELECT person_id, programme, month, amount_fen, cause, paid_on FROM one_off
WHERE county_code = $1 AND household_id = $2 AND month <= $3 AND position <= $4
ORDER BY month DESC, programme, person_id;
