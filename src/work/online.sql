-- Applications made on a phone, before an office has looked at them; and what citizens write about a case.

-- schema: online_application since 3
CREATE TABLE online_application (
    county_code BIGINT NOT NULL,
    online_id BIGINT NOT NULL,
    number TEXT NOT NULL,            -- 510402-2020-W000123
    once_key TEXT NOT NULL,          -- of the phone that sent it: sent again it is the same
    digest BYTEA NOT NULL,           -- SM3 of what was sent
    wrapped BYTEA NOT NULL,          -- the key of the content, sealed under the master key
    content BYTEA NOT NULL,          -- JSON, sealed: names, numbers, facts as typed
    person_lookup BYTEA NOT NULL,    -- HMAC-SM3 of the applicant's identity number
    phone_ending BYTEA NOT NULL,     -- HMAC-SM3 of the phone's last four digits
    applicant TEXT NOT NULL,         -- name
    services TEXT NOT NULL,          -- names, with commas between
    line TEXT NOT NULL,              -- of the first service
    division BIGINT NOT NULL,        -- where they live
    office BIGINT NOT NULL,          -- township that looks at it
    made TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    due TEXT NOT NULL,               -- the office has looked at it by then
    state TEXT NOT NULL,             -- waiting, accepted, returned
    answered TEXT NOT NULL,          -- day; '' not yet
    answered_by TEXT NOT NULL,       -- login
    words TEXT NOT NULL,             -- what the office says to it
    case_id BIGINT NOT NULL,         -- the (first) case it became; 0: none
    case_number TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (county_code, online_id)
) -- clustered

-- schema: online_application_once since 3
CREATE UNIQUE INDEX online_application_once ON online_application (county_code, once_key)

-- schema: online_application_number since 3
CREATE UNIQUE INDEX online_application_number ON online_application (county_code, number)

-- schema: online_application_identity since 3
CREATE INDEX online_application_identity ON online_application (county_code, person_lookup, state)

-- schema: online_counter since 3
CREATE TABLE online_counter (
    county_code BIGINT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,            -- number given last
    PRIMARY KEY (county_code, year)
) -- clustered

-- schema: citizen_message since 3
-- What a citizen wrote about a case, and what the office answered.
CREATE TABLE citizen_message (
    county_code BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,              -- appeal, question
    content TEXT NOT NULL,
    division BIGINT NOT NULL,        -- of the office that answers
    line TEXT NOT NULL,
    made TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    due TEXT NOT NULL,
    answer TEXT NOT NULL,            -- '' not yet
    answered TEXT NOT NULL,          -- day; '' not yet
    answered_by TEXT NOT NULL,       -- login
    version BIGINT NOT NULL,
    PRIMARY KEY (county_code, message_id)
) -- clustered

-- schema: citizen_message_case since 3
CREATE INDEX citizen_message_case ON citizen_message (county_code, case_id, message_id)

-- ---- applications ----

-- name: online_number_next write
INSERT INTO online_counter (county_code, year, last) VALUES ($1, $2, 1)
ON CONFLICT (county_code, year) DO UPDATE SET last = online_counter.last + 1
RETURNING last;

-- name: online_insert write
INSERT INTO online_application (county_code, online_id, number, once_key, digest, wrapped, content,
    person_lookup, phone_ending, applicant, services, line, division, office, made, at_ms, due, state,
    answered, answered_by, words, case_id, case_number, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'waiting', '', '',
    '', 0, '', 1);

-- name: online_once read
SELECT online_id, digest FROM online_application WHERE county_code = $1 AND once_key = $2;

-- name: online_waiting_of read
SELECT count(*) FROM online_application
WHERE county_code = $1 AND person_lookup = $2 AND state = 'waiting';

-- name: online_read read
SELECT online_id, number, applicant, services, line, division, office, made, at_ms, due, state,
    answered, answered_by, words, case_id, case_number, version, phone_ending, wrapped, content
FROM online_application WHERE county_code = $1 AND online_id = $2;

-- name: online_by_number read
SELECT online_id, number, applicant, services, line, division, office, made, at_ms, due, state,
    answered, answered_by, words, case_id, case_number, version, phone_ending, wrapped, content
FROM online_application WHERE county_code = $1 AND number = $2;

-- name: online_answer write
UPDATE online_application SET state = $3, answered = $4, answered_by = $5, words = $6, case_id = $7,
    case_number = $8, version = version + 1
WHERE county_code = $1 AND online_id = $2 AND state = 'waiting';

-- name: online_files_to_case write
-- What was sent along becomes the case's, under its paper; the content lies in the folder once.
INSERT INTO case_file (county_code, case_id, file_id, hash, paper, name, type, bytes, at_ms, who)
SELECT county_code, $3, file_id, hash, paper, name, type, bytes, at_ms, who FROM case_file
WHERE county_code = $1 AND case_id = $2;

-- name: online_files_count read
SELECT count(*), CAST(COALESCE(sum(bytes), 0) AS BIGINT) FROM case_file
WHERE county_code = $1 AND case_id = $2;

-- ---- messages ----

-- name: message_insert write
INSERT INTO citizen_message (county_code, message_id, case_id, kind, content, division, line, made,
    at_ms, due, answer, answered, answered_by, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', 1);

-- name: message_read read
SELECT message_id, case_id, kind, content, division, line, made, at_ms, due, answer, answered,
    answered_by, version
FROM citizen_message WHERE county_code = $1 AND message_id = $2;

-- name: messages_of_case read
SELECT message_id, case_id, kind, content, division, line, made, at_ms, due, answer, answered,
    answered_by, version
FROM citizen_message WHERE county_code = $1 AND case_id = $2 ORDER BY message_id LIMIT 100;

-- name: message_answer write
UPDATE citizen_message SET answer = $3, answered = $4, answered_by = $5, version = version + 1
WHERE county_code = $1 AND message_id = $2 AND answered = '';

-- ---- whose phone ----

-- name: citizen_phones read
-- Do any of these persons have a phone with that ending?
SELECT count(*) FROM person_number
WHERE county_code = $1 AND person_id IN ($2, $3, $4) AND kind = 2 AND ending = $5;

-- name: citizen_household read
SELECT household_id FROM membership
WHERE county_code = $1 AND person_id = $2 AND valid_from <= $3 AND valid_to > $3;
