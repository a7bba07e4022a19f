-- Proposals put one by one, outside a run.

-- name: proposal_open_of read
-- What lies open for a household.
SELECT proposal_id, person_id, programme, kind, amounts, batch, seen FROM proposal
WHERE county_code = $1 AND household_id = $2 AND state = 'open' AND seen >= ''
ORDER BY proposal_id;

-- name: proposal_refused read
-- The same was rejected for the month: it had been found for it, or before and was still there.
SELECT proposal_id FROM proposal
WHERE county_code = $1 AND household_id = $2 AND person_id = $3 AND programme = $4
    AND state = 'rejected' AND seen >= $5 AND month <= $5 AND kind = $6 AND amounts = $7
LIMIT 1;

-- name: proposal_add write
INSERT INTO proposal (county_code, proposal_id, month, household_id, person_id, programme, kind,
    old_fen, new_fen, difference, amounts, outcome, reasons, division, state, batch, job_id, seen,
    decided_by, decided_on, words)
VALUES ($1, $2, CAST($3 AS TEXT), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0,
    CAST($3 AS TEXT), $17, $18, $19);

-- name: proposal_keep write
-- Found again, for this month too; from the earlier of both on.
UPDATE proposal SET old_fen = $3, difference = $4, outcome = $5, reasons = $6, division = $7,
    month = CASE WHEN month > $8 THEN $8 ELSE month END,
    seen = CASE WHEN seen > $8 THEN seen ELSE $8 END
WHERE county_code = $1 AND proposal_id = $2 AND state = 'open';

-- name: proposal_void write
UPDATE proposal SET state = 'void' WHERE county_code = $1 AND proposal_id = $2 AND state = 'open';
