-- What people are told, what a sandbox would have sent, what sources were asked and what they confirmed.

CREATE TABLE notice (
    id          TEXT   NOT NULL PRIMARY KEY,
    account     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    params      TEXT   NOT NULL,                    -- JSON, dates and words only
    also_to     BYTEA,                               -- sealed: a contact that is no longer the account's
    due_us      BIGINT NOT NULL,                    -- shown and sent from then on
    created_us  BIGINT NOT NULL,
    read_us     BIGINT,
    mail_state  TEXT   NOT NULL,                    -- none | waiting | sent | refused | nobody
    sms_state   TEXT   NOT NULL,
    sent_us     BIGINT
);
CREATE INDEX notice_account ON notice (account, due_us, id);
CREATE INDEX notice_waiting ON notice (due_us) WHERE mail_state = 'waiting' OR sms_state = 'waiting';

-- Sandboxes only.
CREATE TABLE outbox (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,                    -- mail | sms
    sealed      BYTEA   NOT NULL,
    created_us  BIGINT NOT NULL
);

CREATE TABLE source_call (
    id           TEXT   NOT NULL PRIMARY KEY,
    account      TEXT   NOT NULL,
    application  TEXT,                              -- NULL: a channel added later
    attempt      TEXT,
    source       TEXT   NOT NULL,
    round        BIGINT NOT NULL,
    subject      BYTEA   NOT NULL,                   -- blind index of the question
    outcome      TEXT   NOT NULL,                   -- asked, a finding, or why there is none
    reference    TEXT,                              -- the organisation's
    reused_from  TEXT,                              -- the call whose answer was used again
    asked_us     BIGINT NOT NULL,
    answered_us  BIGINT
);
CREATE INDEX source_call_attempt ON source_call (attempt, asked_us);
CREATE INDEX source_call_application ON source_call (application, asked_us);
CREATE INDEX source_call_account ON source_call (account, asked_us);
CREATE INDEX source_call_subject ON source_call (source, subject, answered_us);

CREATE TABLE channel_proof (
    id              TEXT    NOT NULL PRIMARY KEY,
    account         TEXT    NOT NULL,
    attempt         TEXT,                           -- NULL: a channel added later
    person          TEXT,                           -- NULL until the attempt is approved; then it counts
    source          TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    organisation    TEXT    NOT NULL,
    reference       TEXT    NOT NULL,
    simulated       BOOLEAN NOT NULL,
    confirmed_us    BIGINT  NOT NULL,
    valid_until_us  BIGINT
);
CREATE UNIQUE INDEX channel_proof_attempt ON channel_proof (attempt, source) WHERE attempt IS NOT NULL;
CREATE INDEX channel_proof_account ON channel_proof (account, confirmed_us);
CREATE INDEX channel_proof_person ON channel_proof (person, confirmed_us);
