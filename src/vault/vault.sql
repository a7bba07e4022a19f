-- Vault: the county's change counter and its audit chain, keys and sealed numbers of persons.
-- A block "schema:" defines a table for both databases; a block "name:" is one statement.

-- schema: meta
-- What this store is: version of the schema, place, hash of the key file's check value.
CREATE TABLE meta (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
) -- clustered

-- schema: county
-- One row a county (and one for the city itself): the counter of its changes and the chain's head.
CREATE TABLE county (
    county_code BIGINT NOT NULL,     -- six digits, given at birth
    position BIGINT NOT NULL,        -- of the last change
    audit_hash BYTEA NOT NULL,       -- of the last audit entry
    PRIMARY KEY (county_code)
) -- clustered

-- schema: audit_entry
-- Every writing transaction appends one: who, why, digest of what changed, chained by SM3.
CREATE TABLE audit_entry (
    county_code BIGINT NOT NULL,
    position BIGINT NOT NULL,        -- the change position it made
    at_ms BIGINT NOT NULL,           -- clock, milliseconds since 1970
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    digest BYTEA NOT NULL,           -- SM3 over the canonical text of what changed
    prior BYTEA NOT NULL,            -- hash of the entry before; 32 zero bytes for the first
    hash BYTEA NOT NULL,             -- SM3 over county, position, at_ms, who, why, digest, prior
    PRIMARY KEY (county_code, position)
) -- clustered

-- schema: person_key
-- One key a person, wrapped by the master key of the key file. Deleting the row forgets the person.
CREATE TABLE person_key (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (county_code, person_id)
) -- clustered

-- schema: person_number
-- Identity, phone and card numbers: sealed, found through keyed indexes, never in the clear.
CREATE TABLE person_number (
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,            -- enum number_kind: 1 identity, 2 phone, 3 card
    sealed BYTEA NOT NULL,           -- AES-256-GCM under the person's key
    lookup BYTEA NOT NULL,           -- HMAC-SM3 of the number, first 16 bytes
    ending BYTEA NOT NULL,           -- HMAC-SM3 of its last four characters, first 8 bytes
    position BIGINT NOT NULL,
    PRIMARY KEY (county_code, person_id, kind)
) -- clustered

-- schema: person_number_lookup
CREATE INDEX person_number_lookup ON person_number (county_code, kind, lookup)

-- schema: person_number_ending
CREATE INDEX person_number_ending ON person_number (county_code, kind, ending)

-- schema: id_registry
-- City-wide: one identity number, one person, whichever county.
CREATE TABLE id_registry (
    lookup BYTEA NOT NULL,
    county_code BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (lookup)
) -- clustered

-- name: meta_get read
-- reference
SELECT value FROM meta WHERE name = $1;

-- name: meta_put write
-- reference
INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: county_next write
-- The county's next position: the row is locked until the change ends.
INSERT INTO county (county_code, position, audit_hash) VALUES ($1, 1, $2)
ON CONFLICT (county_code) DO UPDATE SET position = county.position + 1
RETURNING position, audit_hash;

-- name: county_head write
UPDATE county SET audit_hash = $2 WHERE county_code = $1;

-- name: county_position read
SELECT position, audit_hash FROM county WHERE county_code = $1;

-- name: county_all read
-- fan-out: the proof of all chains
SELECT county_code, position, audit_hash FROM county ORDER BY county_code;

-- name: audit_add write
INSERT INTO audit_entry (county_code, position, at_ms, who, why, digest, prior, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: audit_all read
SELECT position, at_ms, who, why, digest, prior, hash FROM audit_entry WHERE county_code = $1 ORDER BY position;

-- name: audit_position_at read
SELECT position FROM audit_entry WHERE county_code = $1 AND at_ms <= $2 ORDER BY position DESC LIMIT 1;


-- name: person_key_find read
SELECT wrapped FROM person_key WHERE county_code = $1 AND person_id = $2;

-- name: person_key_add write
INSERT INTO person_key (county_code, person_id, wrapped) VALUES ($1, $2, $3);

-- name: person_key_remove write
DELETE FROM person_key WHERE county_code = $1 AND person_id = $2;

-- name: person_number_find read
SELECT sealed, lookup FROM person_number WHERE county_code = $1 AND person_id = $2 AND kind = $3;

-- name: person_number_store write
INSERT INTO person_number (county_code, person_id, kind, sealed, lookup, ending, position)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (county_code, person_id, kind) DO UPDATE
SET sealed = excluded.sealed, lookup = excluded.lookup, ending = excluded.ending,
    position = excluded.position;

-- name: person_number_remove write
DELETE FROM person_number WHERE county_code = $1 AND person_id = $2;

-- name: person_number_by_lookup read
-- fan-out: a phone or card number may be known in any county
SELECT county_code, person_id FROM person_number WHERE kind = $1 AND lookup = $2
ORDER BY county_code, person_id;

-- name: person_number_by_ending read
SELECT person_id FROM person_number WHERE county_code = $1 AND kind = $2 AND ending = $3
ORDER BY person_id;

-- name: registry_find read
SELECT county_code, person_id FROM id_registry WHERE lookup = $1;

-- name: registry_claim write
INSERT INTO id_registry (lookup, county_code, person_id) VALUES ($1, $2, $3)
ON CONFLICT (lookup) DO NOTHING;

-- name: registry_release write
DELETE FROM id_registry WHERE lookup = $1 AND county_code = $2 AND person_id = $3;
