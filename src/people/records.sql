-- Records of registers that are neither household nor person: what there is of each besides its values,
-- which stand in the register's own tables (registers.h) under subject_id = record_id.

-- schema: record since 2
CREATE TABLE record (
    county_code BIGINT NOT NULL,
    register TEXT NOT NULL,          -- its declared name
    record_id BIGINT NOT NULL,
    division BIGINT NOT NULL,        -- that keeps it
    created_ms BIGINT NOT NULL,
    who TEXT NOT NULL,               -- who recorded it first
    version BIGINT NOT NULL,         -- the last change that touched it
    sort_key TEXT NOT NULL,          -- its value of what the register is sorted by, as text in order
    PRIMARY KEY (county_code, register, record_id)
) -- clustered

-- name: record_find read
SELECT division, created_ms, who, version, sort_key FROM record
WHERE county_code = $1 AND register = $2 AND record_id = $3;

-- name: record_put write
INSERT INTO record (county_code, register, record_id, division, created_ms, who, version, sort_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (county_code, register, record_id) DO UPDATE
SET division = excluded.division, version = excluded.version, sort_key = excluded.sort_key;

