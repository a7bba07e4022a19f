-- The outbox: what families are told, with its text from the day it was made, and when it went out.

-- schema: notice since 2
CREATE TABLE notice (
    county_code BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,         -- 0: of no case
    household_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    division BIGINT NOT NULL,        -- of the office that hands it over
    township BIGINT NOT NULL,        -- the township it lies in; the county itself for its own office
    line TEXT NOT NULL,
    kind TEXT NOT NULL,              -- accept, supplement, grant, refusal, change, stop, transfer
    title TEXT NOT NULL,
    content TEXT NOT NULL,           -- what it says, whole
    subject TEXT NOT NULL,           -- whom it is for
    channels BIGINT NOT NULL,        -- enum notice_channel together
    sent BIGINT NOT NULL,            -- those by which it went
    waiting BIGINT NOT NULL,         -- 1: an office must still hand it over or send it
    message BIGINT NOT NULL,         -- 1: still to go out as a message
    made TEXT NOT NULL,
    due TEXT NOT NULL,               -- must have gone out by; '9999-12-31': no limit
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,        -- the change that wrote it last
    PRIMARY KEY (county_code, notice_id)
) -- clustered

-- schema: notice_due since 2
CREATE INDEX notice_due ON notice (county_code, waiting, due, notice_id, division, line)

-- schema: notice_township since 2
CREATE INDEX notice_township ON notice (county_code, township, waiting, due, notice_id, division, line)

-- schema: notice_case since 2
CREATE INDEX notice_case ON notice (county_code, case_id, notice_id)

-- schema: notice_household since 2
CREATE INDEX notice_household ON notice (county_code, household_id, notice_id)

-- schema: notice_message since 2
CREATE INDEX notice_message ON notice (county_code, message, notice_id)

-- schema: notice_way since 2
-- How and when a notice went out, once for each of its channels.
CREATE TABLE notice_way (
    county_code BIGINT NOT NULL,
    notice_id BIGINT NOT NULL,
    channel BIGINT NOT NULL,         -- enum notice_channel
    on_day TEXT NOT NULL,
    how TEXT NOT NULL,               -- in words: 本人签收
    who TEXT NOT NULL,               -- login
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (county_code, notice_id, channel)
) -- clustered

-- name: notice_insert write
INSERT INTO notice (county_code, notice_id, case_id, household_id, person_id, division, township,
    line, kind, title, content, subject, channels, sent, waiting, message, made, due, version, position)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $16, $17, 1, $18);

-- name: notice_went write
UPDATE notice SET sent = $3, waiting = $4, message = $5, version = version + 1, position = $6
WHERE county_code = $1 AND notice_id = $2;

-- name: notice_way_add write
INSERT INTO notice_way (county_code, notice_id, channel, on_day, how, who, at_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: notice_ways read
SELECT channel, on_day, how, who FROM notice_way
WHERE county_code = $1 AND notice_id = $2 ORDER BY channel;

-- name: notice_read read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice WHERE county_code = $1 AND notice_id = $2;

-- name: notice_of_case read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice WHERE county_code = $1 AND case_id = $2 AND notice_id > $3 ORDER BY notice_id LIMIT $4;

-- name: notice_of_household read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice WHERE county_code = $1 AND household_id = $2 AND notice_id > $3
ORDER BY notice_id LIMIT $4;

-- ---- lists: of one county; what waits by due day, what went the latest first ----
-- $2 and $3 behind what, $4 and $5 divisions, $6 line ('' all), $7 at most, $8 township.

-- name: notice_waiting_county read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice
WHERE county_code = $1 AND waiting = 1 AND (due, notice_id) > ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
ORDER BY due, notice_id LIMIT $7;

-- name: notice_waiting_township read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice
WHERE county_code = $1 AND township = $8 AND waiting = 1 AND (due, notice_id) > ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
ORDER BY due, notice_id LIMIT $7;

-- name: notice_gone_county read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice
WHERE county_code = $1 AND waiting = 0 AND (due, notice_id) < ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
ORDER BY due DESC, notice_id DESC LIMIT $7;

-- name: notice_gone_township read
SELECT notice_id, case_id, household_id, person_id, division, line, kind, title, content, subject,
    channels, sent, made, due, version
FROM notice
WHERE county_code = $1 AND township = $8 AND waiting = 0 AND (due, notice_id) < ($2, $3)
    AND division >= $4 AND division <= $5 AND (CAST($6 AS TEXT) = '' OR line = $6)
ORDER BY due DESC, notice_id DESC LIMIT $7;

-- "due >=" leads SQLite, which keeps no statistics, to the index.

-- name: notice_count_county read
SELECT count(*) FROM (SELECT notice_id FROM notice
    WHERE county_code = $1 AND waiting = $2 AND due >= '' AND division >= $3 AND division <= $4
        AND (CAST($5 AS TEXT) = '' OR line = $5) LIMIT $6) AS n;

-- name: notice_count_township read
SELECT count(*) FROM (SELECT notice_id FROM notice
    WHERE county_code = $1 AND township = $7 AND waiting = $2 AND due >= ''
        AND division >= $3 AND division <= $4
        AND (CAST($5 AS TEXT) = '' OR line = $5) LIMIT $6) AS n;

-- ---- messages ----

-- name: notice_messages read
SELECT n.notice_id, n.person_id, n.content, h.head_id
FROM notice AS n LEFT JOIN household AS h ON h.county_code = n.county_code
    AND h.household_id = n.household_id AND h.valid_from <= $4 AND h.valid_to > $4
WHERE n.county_code = $1 AND n.message = 1 AND n.notice_id > $2 AND n.made <= $4
ORDER BY n.notice_id LIMIT $3;
