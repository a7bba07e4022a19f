-- Guard: accounts of the staff, their roles and sessions, relatives on record, households assigned to
-- village workers, and who has been shown which number of a person.

-- schema: account since 2
-- reference
CREATE TABLE account (
    account_id BIGINT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    division BIGINT NOT NULL,        -- twelve digits: the office
    state TEXT NOT NULL,             -- active, closed
    password TEXT NOT NULL,          -- argon2id, with its salt and limits
    must_change BIGINT NOT NULL,     -- 1: the password was given by somebody else
    demo BIGINT NOT NULL,            -- 1: made for a demonstration
    person_county BIGINT NOT NULL,   -- who it is in the register of persons; 0: not known
    person_id BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    changed_ms BIGINT NOT NULL,
    version BIGINT NOT NULL,         -- 1, 2, ...: each change counts
    PRIMARY KEY (account_id)
) -- clustered

-- schema: account_login since 2
CREATE UNIQUE INDEX account_login ON account (login)

-- schema: account_role since 2
-- reference
CREATE TABLE account_role (
    account_id BIGINT NOT NULL,
    role TEXT NOT NULL,              -- roles.def
    line TEXT NOT NULL,              -- '' every line
    PRIMARY KEY (account_id, role, line)
) -- clustered

-- schema: session since 2
-- Who is logged in. A plain row; the token itself is only with its owner.
-- spread: token
CREATE TABLE session (
    token BYTEA NOT NULL,            -- SM3 of the token
    account_id BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    touched_ms BIGINT NOT NULL,      -- last use, to a few minutes
    remote TEXT NOT NULL,            -- the address it was opened from
    PRIMARY KEY (token)
) -- clustered

-- schema: session_account since 2
CREATE INDEX session_account ON session (account_id)

-- schema: login_wait since 2
-- Failed logins: how many in a row, by login and by address; and addresses a login was opened from.
-- spread: subject
CREATE TABLE login_wait (
    subject TEXT NOT NULL,           -- login:X, address:A; login:X@A at a known one; known:X@A
    failures BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,         -- of the last failure; known: until when
    PRIMARY KEY (subject)
) -- clustered

-- schema: staff_relative since 2
-- reference
CREATE TABLE staff_relative (
    account_id BIGINT NOT NULL,
    person_county BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    relation TEXT NOT NULL,          -- in words: 配偶
    since TEXT NOT NULL,             -- a day
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, person_county, person_id)
) -- clustered

-- schema: account_household since 2
-- Households that a village worker looks after.
CREATE TABLE account_household (
    county_code BIGINT NOT NULL,
    household_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, household_id, account_id)
) -- clustered

-- schema: account_household_account since 2
CREATE INDEX account_household_account ON account_household (county_code, account_id, household_id)

-- schema: person_reveal since 2
-- Each time a number of a person was shown in full.
CREATE TABLE person_reveal (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    reveal_id BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- id_number, phone, card
    account_id BIGINT NOT NULL,
    who TEXT NOT NULL,               -- the login
    why TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, person_id, reveal_id)
) -- clustered

-- ---- accounts ----

-- name: account_find read
SELECT account_id, login, name, division, state, must_change, demo, person_county, person_id,
    made_ms, version
FROM account WHERE account_id = $1;

-- name: account_called read
SELECT name FROM account WHERE login = $1;

-- name: account_by_login read
SELECT account_id, password, state FROM account WHERE login = $1;

-- name: account_page read
SELECT account_id, login, name, division, state, must_change, demo, person_county, person_id,
    made_ms, version
FROM account WHERE division >= $1 AND division <= $2 AND login > $3
ORDER BY login LIMIT $4;

-- name: account_count read
SELECT count(*) FROM account WHERE division >= $1 AND division <= $2;

-- name: account_any read
SELECT count(*) FROM account;

-- name: account_real read
-- Those that are in use and were neither made for a demonstration nor only keep accounts.
SELECT count(*) FROM account a WHERE a.demo = 0 AND EXISTS
    (SELECT 1 FROM account_role r WHERE r.account_id = a.account_id AND r.role <> 'administrator');

-- name: account_admins read
SELECT count(*) FROM account a JOIN account_role r ON r.account_id = a.account_id
WHERE a.state = 'active' AND r.role = 'administrator' AND a.division = $1 AND a.account_id <> $2;

-- name: account_add write
INSERT INTO account (account_id, login, name, division, state, password, must_change, demo,
    person_county, person_id, made_ms, changed_ms, version)
VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10, $10, 1);

-- name: account_set write
UPDATE account SET name = $2, division = $3, state = $4, person_county = $5, person_id = $6,
    changed_ms = $7, version = version + 1
WHERE account_id = $1;

-- name: account_password write
UPDATE account SET password = $2, must_change = $3, changed_ms = $4, version = version + 1
WHERE account_id = $1;

-- name: account_password_of read
SELECT password FROM account WHERE account_id = $1;

-- name: account_roles read
SELECT role, line FROM account_role WHERE account_id = $1 ORDER BY role, line;

-- name: account_role_add write
INSERT INTO account_role (account_id, role, line) VALUES ($1, $2, $3);

-- name: account_roles_remove write
DELETE FROM account_role WHERE account_id = $1;

-- ---- sessions ----

-- name: session_put write
INSERT INTO session (token, account_id, made_ms, touched_ms, remote) VALUES ($1, $2, $3, $3, $4);

-- name: session_read read
SELECT s.account_id, s.made_ms, s.touched_ms, a.login, a.name, a.division, a.state, a.must_change,
    a.person_county, a.person_id, r.role, r.line
FROM session s JOIN account a ON a.account_id = s.account_id
    LEFT JOIN account_role r ON r.account_id = s.account_id
WHERE s.token = $1;

-- name: session_touch write
UPDATE session SET touched_ms = $2 WHERE token = $1;

-- name: session_remove write
DELETE FROM session WHERE token = $1;

-- name: session_remove_all write
-- fan-out: an account's sessions are few
DELETE FROM session WHERE account_id = $1 AND token <> $2;

-- name: session_remove_old write
-- fan-out: what is over goes
DELETE FROM session WHERE touched_ms < $1 OR made_ms < $2;

-- name: login_wait_read read
SELECT failures, last_ms FROM login_wait WHERE subject = $1;

-- name: login_wait_put write
INSERT INTO login_wait (subject, failures, last_ms) VALUES ($1, $2, $3)
ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms;

-- name: login_wait_remove write
DELETE FROM login_wait WHERE subject = $1;

-- name: login_wait_remove_old write
-- fan-out: what is over goes
DELETE FROM login_wait WHERE last_ms < $1;

-- ---- what may be seen ----

-- name: scope_household_at read
-- Where it lives on the day, else where it lived last or will live.
SELECT division FROM household WHERE county_code = $1 AND household_id = $2
ORDER BY CASE WHEN valid_from <= $3 THEN 0 ELSE 1 END, valid_from DESC LIMIT 1;

-- name: scope_person_at read
-- The person's household on the day, else the last one, and where that is.
SELECT m.household_id, h.division
FROM membership m JOIN household h
    ON h.county_code = m.county_code AND h.household_id = m.household_id
WHERE m.county_code = $1 AND m.person_id = $2
ORDER BY CASE WHEN m.valid_from <= $3 AND m.valid_to > $3 THEN 0 ELSE 1 END, m.valid_from DESC,
    CASE WHEN h.valid_from <= $3 THEN 0 ELSE 1 END, h.valid_from DESC, m.household_id
LIMIT 1;

-- name: scope_person_known read
SELECT count(*) FROM person WHERE county_code = $1 AND person_id = $2;

-- name: scope_is_assigned read
SELECT count(*) FROM account_household
WHERE county_code = $1 AND household_id = $2 AND account_id = $3;

-- name: scope_assigned_list read
-- fan-out: an account's households are few
SELECT county_code, household_id FROM account_household WHERE account_id = $1
ORDER BY county_code, household_id;

-- name: scope_members read
-- Whoever is or was one of it.
SELECT DISTINCT person_id FROM membership WHERE county_code = $1 AND household_id = $2;

-- name: relatives_of read
SELECT person_county, person_id FROM staff_relative WHERE account_id = $1;

-- ---- relatives, assignment, numbers shown ----

-- name: relative_put write
INSERT INTO staff_relative (account_id, person_county, person_id, relation, since, made_ms)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, person_county, person_id) DO UPDATE
SET relation = excluded.relation, since = excluded.since;

-- name: relative_page read
SELECT a.login, a.name, a.division, r.account_id, r.person_county, r.person_id, r.relation, r.since
FROM staff_relative r JOIN account a ON a.account_id = r.account_id
WHERE a.division >= $1 AND a.division <= $2
    AND (a.login, r.person_county, r.person_id) > ($3, CAST($4 AS BIGINT), CAST($5 AS BIGINT))
ORDER BY a.login, r.person_county, r.person_id LIMIT $6;

-- name: assigned_add write
INSERT INTO account_household (county_code, household_id, account_id, made_ms)
VALUES ($1, $2, $3, $4)
ON CONFLICT (county_code, household_id, account_id) DO NOTHING;

-- name: assigned_clear write
DELETE FROM account_household WHERE county_code = $1 AND household_id = $2;

-- name: assigned_of read
SELECT a.account_id, a.login, a.name FROM account_household h
    JOIN account a ON a.account_id = h.account_id
WHERE h.county_code = $1 AND h.household_id = $2 ORDER BY a.login;

-- name: assigned_village write
-- The families of a village that are on a programme, to one account, for a demonstration.
INSERT INTO account_household (county_code, household_id, account_id, made_ms)
SELECT h.county_code, h.household_id, CAST($3 AS BIGINT), CAST($4 AS BIGINT) FROM household h
WHERE h.county_code = $1 AND h.division = $2 AND h.valid_to = '9999-12-31' AND EXISTS
    (SELECT 1 FROM enrolment e WHERE e.county_code = h.county_code
        AND e.household_id = h.household_id AND e.valid_to = '9999-12-31')
ON CONFLICT (county_code, household_id, account_id) DO NOTHING;

-- name: reveal_add write
INSERT INTO person_reveal (county_code, person_id, reveal_id, kind, account_id, who, why, at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: reveal_page read
SELECT reveal_id, kind, who, why, at_ms FROM person_reveal
WHERE county_code = $1 AND person_id = $2 AND reveal_id < $3
ORDER BY reveal_id DESC LIMIT $4;

-- name: person_name read
SELECT name FROM person WHERE county_code = $1 AND person_id = $2;
