-- The life of applications, and the people it leads to.

CREATE TABLE application (
    id               TEXT   NOT NULL PRIMARY KEY,
    account          TEXT   NOT NULL,
    purpose          TEXT   NOT NULL,
    requested_level  BIGINT NOT NULL,
    state            TEXT   NOT NULL,               -- the name in `body`, for look-ups
    body             TEXT   NOT NULL,               -- domain::application::Application: ids, codes, times
    version          BIGINT NOT NULL,
    created_us       BIGINT NOT NULL,
    changed_us       BIGINT NOT NULL,
    clocked_us       BIGINT NOT NULL                -- what was due until then has been done
);
CREATE UNIQUE INDEX application_open ON application (account)
    WHERE state IN ('draft', 'checking', 'waiting_source', 'manual_review', 'resubmit');
CREATE INDEX application_account ON application (account, created_us);

CREATE TABLE attempt (
    id            TEXT   NOT NULL PRIMARY KEY,
    application   TEXT   NOT NULL REFERENCES application (id),
    number        BIGINT NOT NULL,
    submitted_us  BIGINT NOT NULL,
    app_version   TEXT   NOT NULL,
    files         TEXT   NOT NULL,                  -- step -> file id and SHA-256, as submitted
    policy_label  TEXT,
    policy_sha    TEXT,
    record        BLOB,                             -- sealed domain::replay::Record
    term          TEXT,                             -- domain::verification::DocumentTerm, once approved
    UNIQUE (application, number)
);

CREATE TABLE decision (
    id           TEXT   NOT NULL PRIMARY KEY,
    application  TEXT   NOT NULL REFERENCES application (id),
    attempt      TEXT   NOT NULL REFERENCES attempt (id),
    at_us        BIGINT NOT NULL,
    made_by      TEXT   NOT NULL,                   -- system | staff
    outcome      TEXT   NOT NULL,
    reasons      TEXT   NOT NULL,                   -- JSON, nothing that was typed or read
    steps        TEXT   NOT NULL,
    body         TEXT                               -- the machine's whole decision, bare
);
CREATE INDEX decision_application ON decision (application, at_us, id);

CREATE TABLE form (
    application   TEXT   NOT NULL PRIMARY KEY REFERENCES application (id),
    account       TEXT   NOT NULL,
    number_index  BLOB   NOT NULL,                  -- blind index of the ID number
    sealed        BLOB   NOT NULL,                  -- name and number
    saved_us      BIGINT NOT NULL
);
CREATE INDEX form_number ON form (number_index);

CREATE TABLE id_seen (
    account       TEXT   NOT NULL,
    number_index  BLOB   NOT NULL,
    sealed        BLOB,                             -- of the account's first number, to tell corrections
    correction    BOOLEAN NOT NULL,
    first_us      BIGINT NOT NULL,
    last_us       BIGINT NOT NULL,
    PRIMARY KEY (account, number_index)
);

CREATE TABLE file (
    id           TEXT   NOT NULL PRIMARY KEY,
    application  TEXT   NOT NULL REFERENCES application (id),
    account      TEXT   NOT NULL,
    step         TEXT   NOT NULL,
    sha256       BLOB   NOT NULL,                   -- of the bytes that were sent
    stored_sha256 BLOB  NOT NULL,                   -- of the picture before it was sealed
    stored_bytes BIGINT NOT NULL,
    for_person   BOOLEAN NOT NULL,
    state        TEXT   NOT NULL,                   -- kept | short | removed
    remove_us    BIGINT,                            -- when the short retention ends
    created_us   BIGINT NOT NULL
);
CREATE INDEX file_application ON file (application, step, created_us);
CREATE INDEX file_remove ON file (remove_us) WHERE remove_us IS NOT NULL AND state <> 'removed';

-- Every picture that was sent, by its hash: to know a repetition, and a picture of somebody else's.
CREATE TABLE image_seen (
    application  TEXT   NOT NULL REFERENCES application (id),
    step         TEXT   NOT NULL,
    sha256       BLOB   NOT NULL,
    account      TEXT   NOT NULL,
    accepted     BOOLEAN NOT NULL,
    codes        TEXT   NOT NULL,                   -- JSON
    at_us        BIGINT NOT NULL,
    PRIMARY KEY (application, step, sha256)
);
CREATE INDEX image_seen_hash ON image_seen (sha256);

CREATE TABLE tally (
    counter   TEXT   NOT NULL,
    scope     TEXT   NOT NULL,                      -- application, account, or blind index in hexadecimal
    count     BIGINT NOT NULL,
    first_us  BIGINT NOT NULL,
    last_us   BIGINT NOT NULL,
    PRIMARY KEY (counter, scope)
);

CREATE TABLE person (
    id            TEXT   NOT NULL PRIMARY KEY,
    number_index  BLOB   NOT NULL UNIQUE,           -- blind index of the ID number: one number, one person
    sealed        BLOB,                             -- name and number
    created_us    BIGINT NOT NULL
);
-- Accounts a person was verified on. An account belongs to one person at most.
CREATE TABLE person_account (
    account    TEXT   NOT NULL PRIMARY KEY,
    person     TEXT   NOT NULL REFERENCES person (id),
    linked_us  BIGINT NOT NULL
);
CREATE INDEX person_account_person ON person_account (person);

CREATE TABLE verification (
    id           TEXT   NOT NULL PRIMARY KEY,
    person       TEXT   NOT NULL REFERENCES person (id),
    account      TEXT   NOT NULL,
    application  TEXT   NOT NULL UNIQUE REFERENCES application (id),
    standing     TEXT   NOT NULL,                   -- the name in `body`
    document     TEXT   NOT NULL,                   -- domain::policy::DocumentKind
    body         TEXT   NOT NULL,                   -- domain::verification::Verification
    version      BIGINT NOT NULL,
    clocked_us   BIGINT NOT NULL
);
CREATE INDEX verification_person ON verification (person);

-- Effects that were carried out: each once, however often its job runs.
CREATE TABLE effect_done (
    event    TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    done_us  BIGINT NOT NULL,
    PRIMARY KEY (event, number)
);
CREATE INDEX effect_done_us ON effect_done (done_us);

-- Identity data held by law and used for nothing else. No row: in ordinary use.
CREATE TABLE data_restricted (
    subject   TEXT   NOT NULL PRIMARY KEY,          -- the account whose keys seal them
    since_us  BIGINT NOT NULL
);
