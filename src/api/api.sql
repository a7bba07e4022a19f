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
