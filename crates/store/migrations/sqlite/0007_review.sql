-- How photographs look, who decided what and how that held, and what an attempt was made with.

-- How a kept picture looks, sealed with the key that seals the picture; and its parts, each as a blind index, so
-- that a picture that looks the same is found without anybody seeing what it looks like.
CREATE TABLE file_look (
    file     TEXT  NOT NULL PRIMARY KEY REFERENCES file (id),
    account  TEXT  NOT NULL,
    sealed   BLOB  NOT NULL
);
CREATE TABLE file_band (
    file     TEXT  NOT NULL REFERENCES file_look (file),
    band     BLOB  NOT NULL,
    PRIMARY KEY (file, band)
);
CREATE INDEX file_band_band ON file_band (band);

-- What each person decided, once it took effect: what statistics are made of.
CREATE TABLE case_decided (
    case_id     TEXT    NOT NULL REFERENCES case_item (id),
    staff       TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    verdict     TEXT    NOT NULL,
    opened_us   BIGINT  NOT NULL,
    decided_us  BIGINT  NOT NULL,
    in_time     BOOLEAN NOT NULL,                   -- before the promise, or without one the target, was over
    PRIMARY KEY (case_id, staff)
);
CREATE INDEX case_decided_at ON case_decided (decided_us);
-- How a second look found a decision; one row for each person who had made it, none named for the machine.
CREATE TABLE case_looked_at (
    look        TEXT    NOT NULL REFERENCES case_item (id),
    case_id     TEXT,                               -- NULL: the machine decided
    staff       TEXT    NOT NULL,                   -- whose decision it was; empty: the machine's
    agreed      BOOLEAN NOT NULL,
    at_us       BIGINT  NOT NULL,
    PRIMARY KEY (look, staff)
);
CREATE INDEX case_looked_at_at ON case_looked_at (at_us);

-- What an attempt was made with: consents by version of their text, and how the selfie was taken.
ALTER TABLE attempt ADD COLUMN made_with TEXT;
-- The last answer to each consent of an application; the audit has all of them.
CREATE TABLE consent (
    application   TEXT   NOT NULL REFERENCES application (id),
    kind          TEXT   NOT NULL,
    answer        TEXT   NOT NULL,                  -- given | refused
    text_version  TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    at_us         BIGINT NOT NULL,
    PRIMARY KEY (application, kind)
);

-- Verifications somebody proposes to take back. Nobody confirms their own proposal.
CREATE TABLE revocation (
    id            TEXT   NOT NULL PRIMARY KEY,
    verification  TEXT   NOT NULL REFERENCES verification (id),
    reason        TEXT   NOT NULL,
    proposed_by   TEXT   NOT NULL,
    proposed_us   BIGINT NOT NULL,
    until_us      BIGINT NOT NULL,
    confirmed_by  TEXT,
    confirmed_us  BIGINT,
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by)
);
CREATE UNIQUE INDEX revocation_waiting ON revocation (verification) WHERE confirmed_by IS NULL;
