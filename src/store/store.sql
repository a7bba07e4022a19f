-- What the store itself keeps in the table meta (vault.sql): how far the schema is.

-- name: schema_version_find read
SELECT value FROM meta WHERE name = 'schema_version';

-- name: schema_version_put write
INSERT INTO meta (name, value) VALUES ('schema_version', $1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
