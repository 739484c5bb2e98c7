-- What everything else stands on: keys, audit, jobs, repeated requests, rates.
-- Types: TEXT (prefixed ids, names, JSON), BIGINT (counts, microseconds UTC, minor units), BYTEA (sealed,
-- hashes), BOOLEAN. The same tables and columns stand in ../sqlite; a test compares them.

-- Wrapped keys. Only `vault` can unwrap them, with a root key that never lies in this database.
CREATE TABLE key_wrapped (
    id          TEXT   NOT NULL PRIMARY KEY,        -- hexadecimal key id
    role        TEXT   NOT NULL,                    -- tenant | secret | signing
    scope       TEXT   NOT NULL,                    -- tenant or installation
    state       TEXT   NOT NULL,
    wrapped     BYTEA   NOT NULL,
    created_us  BIGINT NOT NULL
);
CREATE UNIQUE INDEX key_wrapped_active ON key_wrapped (role, scope) WHERE state = 'active';

CREATE TABLE key_data (
    id           TEXT   NOT NULL PRIMARY KEY,
    subject      TEXT   NOT NULL,                   -- pseudonymous id: account, person or `service`
    purpose      TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    wrapped      BYTEA,                              -- NULL once destroyed
    created_us   BIGINT NOT NULL,
    destroyed_us BIGINT,
    CHECK ((state = 'destroyed') = (wrapped IS NULL))
);
CREATE UNIQUE INDEX key_data_active ON key_data (subject, purpose) WHERE state = 'active';
CREATE INDEX key_data_subject ON key_data (subject);

-- Rows wait here from the transaction that wrote them until the one sequencer gives them their place.
CREATE TABLE audit_pending (
    id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry  BYTEA NOT NULL
);
CREATE TABLE audit_entry (
    idx          BIGINT NOT NULL PRIMARY KEY,
    entry        BYTEA   NOT NULL,
    at_us        BIGINT NOT NULL,
    action       TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    object_kind  TEXT   NOT NULL,
    object_id    TEXT   NOT NULL
);
CREATE INDEX audit_entry_object ON audit_entry (object_id, idx);
CREATE INDEX audit_entry_actor ON audit_entry (actor, idx);
CREATE TABLE audit_node (
    level  BIGINT NOT NULL,
    idx    BIGINT NOT NULL,
    hash   BYTEA   NOT NULL,
    PRIMARY KEY (level, idx)
);
CREATE TABLE audit_head (
    one    BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    size   BIGINT NOT NULL,
    peaks  BYTEA   NOT NULL
);
INSERT INTO audit_head (one, size, peaks) VALUES (1, 0, '');
CREATE TABLE audit_checkpoint (
    size   BIGINT NOT NULL PRIMARY KEY,
    at_us  BIGINT NOT NULL,
    note   TEXT   NOT NULL
);
-- Nobody changes history by accident.
CREATE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit entries are never changed or removed'; END $$;
CREATE TRIGGER audit_entry_final BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final();

CREATE TABLE job (
    id              TEXT   NOT NULL PRIMARY KEY,
    queue           TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    payload         TEXT   NOT NULL,                -- ids, never personal data
    state           TEXT   NOT NULL,                -- ready | leased | done | dead
    dedupe          TEXT,
    run_at_us       BIGINT NOT NULL,
    attempt         BIGINT NOT NULL,
    attempts_max    BIGINT NOT NULL,
    lease_owner     TEXT,
    lease_until_us  BIGINT NOT NULL,
    lease_token     BIGINT NOT NULL,
    error_code      TEXT,
    created_us      BIGINT NOT NULL,
    ended_us        BIGINT
);
CREATE INDEX job_ready ON job (queue, run_at_us, id) WHERE state = 'ready';
CREATE INDEX job_leased ON job (queue, lease_until_us) WHERE state = 'leased';
CREATE INDEX job_ended ON job (ended_us) WHERE state IN ('done', 'dead');
CREATE UNIQUE INDEX job_dedupe ON job (dedupe) WHERE state IN ('ready', 'leased') AND dedupe IS NOT NULL;

CREATE TABLE idempotency (
    scope        TEXT   NOT NULL,                   -- principal and route
    idem_key     TEXT   NOT NULL,
    fingerprint  BYTEA   NOT NULL,
    status       BIGINT,                            -- NULL while the first call runs
    answer       BYTEA,                              -- sealed
    lease_until_us BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL,
    PRIMARY KEY (scope, idem_key)
);
CREATE INDEX idempotency_expires ON idempotency (expires_us);

CREATE TABLE rate (
    bucket      TEXT   NOT NULL,                    -- keyed hash: no address, no account in clear
    window_us   BIGINT NOT NULL,
    used        BIGINT NOT NULL,
    expires_us  BIGINT NOT NULL,
    PRIMARY KEY (bucket, window_us)
);
CREATE INDEX rate_expires ON rate (expires_us);
