-- The API's own: answers that were given under an idempotency key, for a week.

-- schema: api_once since 2
-- A plain row: begun before the work, marked in the transaction of the work, answered after it.
CREATE TABLE api_once (
    county_code BIGINT NOT NULL,     -- of the account's office; 0: the city's
    account_id BIGINT NOT NULL,
    once_key TEXT NOT NULL,          -- as sent in Idempotency-Key
    digest BYTEA NOT NULL,           -- SM3 over route, path and body
    state BIGINT NOT NULL,           -- 0 begun, 1 something was written, 2 answered
    status BIGINT NOT NULL,          -- of the answer
    location TEXT NOT NULL,
    tag TEXT NOT NULL,               -- its ETag
    reply TEXT NOT NULL,             -- its JSON; '' none, or one that is not kept
    kept BIGINT NOT NULL,            -- 0: the answer holds a secret or is too long
    at_ms BIGINT NOT NULL,           -- when it was begun
    PRIMARY KEY (county_code, account_id, once_key)
) -- clustered

-- schema: api_once_at since 2
CREATE INDEX api_once_at ON api_once (county_code, at_ms)

-- name: once_begin write
INSERT INTO api_once (county_code, account_id, once_key, digest, state, status, location, tag, reply,
    kept, at_ms)
VALUES ($1, $2, $3, $4, 0, 0, '', '', '', 0, $5)
ON CONFLICT (county_code, account_id, once_key) DO NOTHING;

-- name: once_take_over write
-- Begun by a server that is no more, and nothing was written.
UPDATE api_once SET digest = $4, at_ms = $5
WHERE county_code = $1 AND account_id = $2 AND once_key = $3 AND state = 0 AND at_ms <= $6;

-- name: once_find read
SELECT digest, state, status, location, tag, reply, kept, at_ms
FROM api_once WHERE county_code = $1 AND account_id = $2 AND once_key = $3;

-- name: once_written write
UPDATE api_once SET state = 1
WHERE county_code = $1 AND account_id = $2 AND once_key = $3 AND state = 0;

-- name: once_answered write
UPDATE api_once SET state = 2, status = $4, location = $5, tag = $6, reply = $7, kept = $8
WHERE county_code = $1 AND account_id = $2 AND once_key = $3;

-- name: once_failed write
DELETE FROM api_once
WHERE county_code = $1 AND account_id = $2 AND once_key = $3 AND state = 0;

-- name: once_forget write
DELETE FROM api_once WHERE county_code = $1 AND at_ms < $2;

-- schema: import_book since 3
-- Workbooks that were sent in: a plain row each; the file and its marked copy lie in the folder of files.
CREATE TABLE import_book (
    county_code BIGINT NOT NULL,     -- of the account's office; the city's own for those of the city
    import_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,      -- who sent it, and alone may see it
    login TEXT NOT NULL,
    division BIGINT NOT NULL,        -- within which rows may be brought in
    name TEXT NOT NULL,              -- of the file, as sent
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL,             -- waiting, wrong, refused, failed, stored
    from_day TEXT NOT NULL,          -- since when facts hold
    month TEXT NOT NULL,             -- of the last amounts; '' none
    n_rows BIGINT NOT NULL,          -- read
    households BIGINT NOT NULL,      -- stored, or that would be
    persons BIGINT NOT NULL,
    cases BIGINT NOT NULL,
    mistakes BIGINT NOT NULL,
    marked BIGINT NOT NULL,          -- 1: there is a marked copy
    told TEXT NOT NULL,              -- JSON: mistakes, warnings, what is wrong with it as a whole
    at_ms BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL,        -- 0: not yet
    PRIMARY KEY (county_code, import_id)
) -- clustered

-- schema: import_book_state since 3
CREATE INDEX import_book_state ON import_book (county_code, state, import_id)

-- name: import_add write
INSERT INTO import_book (county_code, import_id, account_id, login, division, name, bytes, state, from_day,
    month, n_rows, households, persons, cases, mistakes, marked, told, at_ms, ended_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $9, 0, 0, 0, 0, 0, 0, '', $10, 0);

-- name: import_end write
UPDATE import_book SET state = $3, n_rows = $4, households = $5, persons = $6, cases = $7, mistakes = $8,
    marked = $9, told = $10, ended_ms = $11
WHERE county_code = $1 AND import_id = $2;

-- name: import_get read
SELECT import_id, account_id, name, bytes, state, from_day, month, n_rows, households, persons, cases,
    mistakes, marked, told, at_ms, ended_ms, login, division
FROM import_book WHERE county_code = $1 AND import_id = $2;

-- name: import_list read
-- One account's, the last first.
SELECT import_id, account_id, name, bytes, state, from_day, month, n_rows, households, persons, cases,
    mistakes, marked, '' AS told, at_ms, ended_ms, login, division
FROM import_book WHERE county_code = $1 AND account_id = $2 AND import_id < $3
ORDER BY import_id DESC LIMIT $4;

-- name: import_waiting read
-- fan-out: the one worker takes them in the order in which they came, whichever county's they are
SELECT county_code, import_id FROM import_book WHERE state = 'waiting' ORDER BY import_id LIMIT 1;

-- name: import_waiting_count read
SELECT count(*) FROM import_book WHERE county_code = $1 AND state = 'waiting' AND account_id = $2;

-- name: import_old read
-- fan-out: files that were kept long enough are taken away, whichever county's they are
SELECT county_code, import_id FROM import_book
WHERE marked = 1 AND at_ms < $1 ORDER BY import_id LIMIT 200;

-- name: import_forget write
UPDATE import_book SET marked = 0, told = '' WHERE county_code = $1 AND import_id = $2;
