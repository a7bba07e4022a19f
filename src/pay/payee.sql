-- Whose money goes to which account. A row is never written over: a new account replaces the one before.

-- schema: payee_account since 3
CREATE TABLE payee_account (
    county_code BIGINT NOT NULL,
    payee_account_id BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,       -- whose money: the payee_id of a payment
    programme TEXT NOT NULL,         -- '' = all
    kind TEXT NOT NULL,              -- person, guardian, institution
    holder TEXT NOT NULL,            -- the account's name
    bank_code TEXT NOT NULL,         -- of the place's list; '' = not known
    branch TEXT NOT NULL,
    sealed BYTEA NOT NULL,           -- under the key of person_id
    lookup BYTEA NOT NULL,
    valid_from TEXT NOT NULL,        -- a day
    state TEXT NOT NULL,             -- waiting, valid, replaced, refused
    name_check TEXT NOT NULL,        -- ok, differs
    bank_check TEXT NOT NULL,        -- what the bank said of the name: '', ok, differs
    reason TEXT NOT NULL,            -- why the name differs, or the account changes
    proof TEXT NOT NULL,             -- which papers were seen
    recorded_by TEXT NOT NULL,       -- login
    recorded_on TEXT NOT NULL,       -- a day
    settled_by TEXT NOT NULL,        -- who confirmed or refused; '' = nobody had to, or not yet
    settled_on TEXT NOT NULL,
    words TEXT NOT NULL,             -- of who settled it
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, payee_account_id)
) -- clustered

-- schema: payee_account_valid since 3
CREATE UNIQUE INDEX payee_account_valid ON payee_account (county_code, person_id, programme)
WHERE state = 'valid'

-- schema: payee_account_waiting since 3
CREATE UNIQUE INDEX payee_account_waiting ON payee_account (county_code, person_id, programme)
WHERE state = 'waiting'

-- schema: payee_account_person since 3
CREATE INDEX payee_account_person ON payee_account (county_code, person_id, payee_account_id)

-- schema: payee_account_household since 3
CREATE INDEX payee_account_household ON payee_account (county_code, household_id, payee_account_id)

-- schema: payee_account_lookup since 3
CREATE INDEX payee_account_lookup ON payee_account (county_code, lookup, state)

-- name: payee_add write
INSERT INTO payee_account (county_code, payee_account_id, household_id, person_id, programme, kind,
    holder, bank_code, branch, sealed, lookup, valid_from, state, name_check, bank_check, reason,
    proof, recorded_by, recorded_on, settled_by, settled_on, words, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '', $15, $16, $17, $18, '', '',
    '', $19);

-- name: payee_replace write
-- What held until now.
UPDATE payee_account SET state = 'replaced'
WHERE county_code = $1 AND person_id = $2 AND programme = $3 AND state = 'valid';

-- name: payee_withdraw write
-- What waited is replaced by what is put in its place before anybody confirmed it.
UPDATE payee_account SET state = 'replaced'
WHERE county_code = $1 AND person_id = $2 AND programme = $3 AND state = 'waiting';

-- name: payee_settle write
UPDATE payee_account SET state = $3, settled_by = $4, settled_on = $5, words = $6
WHERE county_code = $1 AND payee_account_id = $2 AND state = 'waiting';

-- name: payee_find read
SELECT payee_account_id, household_id, person_id, programme, kind, holder, bank_code, branch, sealed,
    lookup, valid_from, state, name_check, bank_check, reason, proof, recorded_by, recorded_on,
    settled_by, settled_on, words
FROM payee_account WHERE county_code = $1 AND payee_account_id = $2;

-- name: payee_of_household read
SELECT payee_account_id, household_id, person_id, programme, kind, holder, bank_code, branch, sealed,
    lookup, valid_from, state, name_check, bank_check, reason, proof, recorded_by, recorded_on,
    settled_by, settled_on, words
FROM payee_account WHERE county_code = $1 AND household_id = $2
ORDER BY payee_account_id DESC LIMIT 200;

-- name: payee_of_person read
SELECT payee_account_id, household_id, person_id, programme, kind, holder, bank_code, branch, sealed,
    lookup, valid_from, state, name_check, bank_check, reason, proof, recorded_by, recorded_on,
    settled_by, settled_on, words
FROM payee_account
WHERE county_code = $1 AND person_id = $2 AND state = $3 ORDER BY payee_account_id DESC;

-- name: payee_members read
-- Who may be paid in a household: its members on a day, and whether they have a card of their own.
SELECT m.person_id, p.name, n.sealed, n.lookup, k.wrapped
FROM membership AS m JOIN person AS p ON p.county_code = m.county_code AND p.person_id = m.person_id
LEFT JOIN person_number AS n ON n.county_code = m.county_code AND n.person_id = m.person_id
    AND n.kind = 3
LEFT JOIN person_key AS k ON k.county_code = m.county_code AND k.person_id = m.person_id
WHERE m.county_code = $1 AND m.household_id = $2 AND m.valid_from <= $3 AND m.valid_to > $3
ORDER BY m.person_id;

-- name: payee_paid_persons read
-- Whose accounts a household's enrolments name; 0: the head's.
SELECT e.programme, e.person_id, CASE WHEN e.account_id <> 0 THEN e.account_id ELSE h.head_id END
FROM enrolment AS e
JOIN household AS h ON h.county_code = e.county_code AND h.household_id = e.household_id
    AND h.valid_from <= $3 AND h.valid_to > $3
WHERE e.county_code = $1 AND e.household_id = $2 AND e.valid_from <= $3 AND e.valid_to > $3
ORDER BY e.programme, e.person_id;

-- name: payee_shared_accounts read
-- Other households whose money goes to the same account.
SELECT a.household_id, a.person_id, a.holder FROM payee_account AS a
WHERE a.county_code = $1 AND a.lookup = $2 AND a.state = 'valid' AND a.household_id <> $3
ORDER BY a.household_id, a.person_id LIMIT 20;

-- name: payee_shared_cards read
SELECT m.household_id, n.person_id, p.name FROM person_number AS n
JOIN membership AS m ON m.county_code = n.county_code AND m.person_id = n.person_id
    AND m.valid_from <= $4 AND m.valid_to > $4
JOIN person AS p ON p.county_code = n.county_code AND p.person_id = n.person_id
WHERE n.county_code = $1 AND n.kind = 3 AND n.lookup = $2 AND m.household_id <> $3
ORDER BY m.household_id, n.person_id LIMIT 20;

-- name: payee_by_lookup read
SELECT payee_account_id, holder FROM payee_account
WHERE county_code = $1 AND lookup = $2 AND (state = 'valid' OR state = 'waiting')
ORDER BY payee_account_id;

-- name: payee_bank_check write
UPDATE payee_account SET bank_check = $3 WHERE county_code = $1 AND payee_account_id = $2;

-- name: payee_person read
SELECT p.name, p.birth_date FROM person AS p WHERE p.county_code = $1 AND p.person_id = $2;

-- name: payee_waits read
SELECT count(*) FROM payee_account
WHERE county_code = $1 AND person_id = $2 AND (programme = $3 OR programme = '')
    AND state = 'waiting';

-- name: household_division_on_day read
-- Of a household that is over: where it lived last.
SELECT division FROM household
WHERE county_code = $1 AND household_id = $2 AND valid_from <= $3
ORDER BY valid_from DESC LIMIT 1;
