-- For citizens: where to go, and what became of each payment.

-- name: office_contacts read
-- Of a division and of those over it, the nearest first.
SELECT division, name, phone, address, hours FROM office_contact
WHERE division IN ($1, $2, $3, $4, 0) ORDER BY division DESC, seq;

-- name: public_payments read
-- The newest line of each month, programme and kind is the one that counts: a line paid again comes later.
SELECT month, programme, kind, person_id, state, reason, settled_on, fen, deducted_fen FROM batch_line
WHERE county_code = $1 AND household_id = $2 AND month >= $3
ORDER BY month, programme, kind, batch_id, seq;
