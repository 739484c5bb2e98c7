-- Accounts, sessions, factors, staff, keys of machines.
-- Owners of passwords, sessions and factors are accounts (`acc_…`) or members of staff (`stf_…`).

CREATE TABLE account (
    id                  TEXT   NOT NULL PRIMARY KEY,
    version             BIGINT NOT NULL,
    life                TEXT   NOT NULL,            -- JSON of domain::account::Life
    state               TEXT   NOT NULL,            -- its name, for queries
    locale              TEXT   NOT NULL,
    restrictions        TEXT   NOT NULL,            -- JSON of domain::account::Restrictions
    restricted          BOOLEAN NOT NULL,           -- there is one, for queries
    deadline            TEXT,                       -- JSON of domain::account::Deadline
    person_id           TEXT,
    level               BIGINT NOT NULL,
    opened_us           BIGINT NOT NULL,            -- or verified again after being dormant
    last_transaction_us BIGINT,
    last_sign_in_us     BIGINT,
    recovered_us        BIGINT,                     -- the password was last set without the old one
    created_us          BIGINT NOT NULL
);
CREATE INDEX account_person ON account (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX account_state ON account (state, created_us);

CREATE TABLE contact (
    id            TEXT   NOT NULL PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES account (id),
    kind          TEXT   NOT NULL,                  -- email | phone
    value         BLOB   NOT NULL,                  -- sealed
    idx           BLOB   NOT NULL,                  -- blind index of the normal form
    confirmed_us  BIGINT,
    removed_us    BIGINT,
    created_us    BIGINT NOT NULL
);
-- One contact, one account; before it is confirmed anybody may claim it.
CREATE UNIQUE INDEX contact_confirmed ON contact (kind, idx) WHERE confirmed_us IS NOT NULL AND removed_us IS NULL;
CREATE INDEX contact_account ON contact (account_id);

CREATE TABLE password (
    owner           TEXT   NOT NULL PRIMARY KEY,
    phc             TEXT   NOT NULL,
    pepper_version  BIGINT NOT NULL,
    changed_us      BIGINT NOT NULL
);

CREATE TABLE session (
    id             TEXT    NOT NULL PRIMARY KEY,
    token_hash     BLOB    NOT NULL,
    owner          TEXT    NOT NULL,
    strength       TEXT    NOT NULL,                -- one_factor | two_factors
    complete       BOOLEAN NOT NULL,                -- all factors that this owner needs were shown
    device         BLOB,                            -- sealed: coarse words such as `Firefox, Linux`
    device_idx     BLOB,                            -- blind index of the same, to tell new devices
    verified_us    BIGINT  NOT NULL,                -- a factor was last shown
    created_us     BIGINT  NOT NULL,
    seen_us        BIGINT  NOT NULL,
    idle_until_us  BIGINT  NOT NULL,
    until_us       BIGINT  NOT NULL,
    ended_us       BIGINT
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_owner ON session (owner, ended_us);
CREATE INDEX session_until ON session (until_us);

-- Letters with a code, and a few without one that must look the same to whoever asked. The code itself is made
-- when it is sent and stands nowhere.
CREATE TABLE code_request (
    id           TEXT    NOT NULL PRIMARY KEY,
    purpose      TEXT    NOT NULL,
    owner        TEXT,                              -- account; NULL where nobody is behind it
    contact_id   TEXT,
    mac          BLOB,                              -- NULL until it was sent, and always where no code is
    bucket       TEXT    NOT NULL,                  -- counts what is sent to this contact
    tries        BIGINT  NOT NULL,
    sends        BIGINT  NOT NULL,
    asked_us     BIGINT  NOT NULL,
    sent_us      BIGINT,
    expires_us   BIGINT  NOT NULL,
    over         BOOLEAN NOT NULL                   -- used, or tried too often
);
CREATE INDEX code_request_owner ON code_request (owner);
CREATE INDEX code_request_expires ON code_request (expires_us);

CREATE TABLE totp (
    owner       TEXT   NOT NULL,
    state       TEXT   NOT NULL,                    -- pending | active
    secret      BLOB   NOT NULL,                    -- sealed
    last_step   BIGINT,
    created_us  BIGINT NOT NULL,
    PRIMARY KEY (owner, state)
);

CREATE TABLE recovery_code (
    owner       TEXT   NOT NULL,
    hash        BLOB   NOT NULL,
    created_us  BIGINT NOT NULL,
    used_us     BIGINT,
    PRIMARY KEY (owner, hash)
);

CREATE TABLE passkey (
    id            BLOB    NOT NULL PRIMARY KEY,     -- credential id
    owner         TEXT    NOT NULL,
    public_key    BLOB    NOT NULL,                 -- COSE
    sign_count    BIGINT  NOT NULL,
    device_bound  BOOLEAN NOT NULL,
    created_us    BIGINT  NOT NULL,
    used_us       BIGINT
);
CREATE INDEX passkey_owner ON passkey (owner);

CREATE TABLE staff (
    id           TEXT   NOT NULL PRIMARY KEY,
    version      BIGINT NOT NULL,
    role         TEXT   NOT NULL,
    state        TEXT   NOT NULL,                   -- invited | active | disabled
    name         BLOB   NOT NULL,                   -- sealed
    email        BLOB   NOT NULL,                   -- sealed
    email_idx    BLOB   NOT NULL,
    created_us   BIGINT NOT NULL,
    created_by   TEXT,                              -- NULL: by the link of the first start
    disabled_us  BIGINT
);
CREATE UNIQUE INDEX staff_email ON staff (email_idx) WHERE state <> 'disabled';

CREATE TABLE setup_link (
    hash        BLOB   NOT NULL PRIMARY KEY,
    staff_id    TEXT   REFERENCES staff (id),       -- NULL: makes the administrator
    created_us  BIGINT NOT NULL,
    expires_us  BIGINT NOT NULL,
    used_us     BIGINT
);

CREATE TABLE api_key (
    id           TEXT    NOT NULL PRIMARY KEY,
    label        TEXT    NOT NULL,
    hash         BLOB    NOT NULL,
    hint         TEXT    NOT NULL,                  -- prefix and last four characters
    scopes       TEXT    NOT NULL,
    live         BOOLEAN NOT NULL,
    created_us   BIGINT  NOT NULL,
    created_by   TEXT    NOT NULL,
    expires_us   BIGINT  NOT NULL,
    used_us      BIGINT,
    revoked_us   BIGINT,
    replaced_by  TEXT
);
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);
