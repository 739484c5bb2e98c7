-- Work for people: cases, notes, looks at personal data, appeals, tickets.

-- What the queue asks for stands in columns; `body` is the case of `domain`, `facts` what else belongs to it.
CREATE TABLE case_item (
    id              TEXT    NOT NULL PRIMARY KEY,
    version         BIGINT  NOT NULL,               -- of the row; the case has its own, which a renewal keeps
    kind            TEXT    NOT NULL,
    queue           TEXT    NOT NULL,
    state           TEXT    NOT NULL,               -- open | claimed | on_hold | second_review | closed
    audience        TEXT    NOT NULL,               -- review | change | arbiter | compliance
    body            TEXT    NOT NULL,
    facts           TEXT    NOT NULL,
    account         TEXT    NOT NULL,
    application     TEXT,
    calm            BOOLEAN NOT NULL,               -- not a watch-list
    warm            BOOLEAN NOT NULL,               -- the account is not frozen
    priority        BIGINT  NOT NULL,               -- 1 to 4
    due_us          BIGINT  NOT NULL,               -- the promise; without one the target
    target_us       BIGINT  NOT NULL,
    known_to        TEXT,
    lease_owner     TEXT,
    lease_until_us  BIGINT  NOT NULL,
    alarmed         BOOLEAN NOT NULL,               -- most of the promised time is used
    opened_us       BIGINT  NOT NULL,
    ended_us        BIGINT
);
CREATE INDEX case_item_waiting ON case_item (audience, calm, warm, priority, due_us, id)
    WHERE state IN ('open', 'claimed', 'second_review');
CREATE INDEX case_item_lease ON case_item (lease_owner, lease_until_us) WHERE lease_owner IS NOT NULL;
CREATE INDEX case_item_due ON case_item (due_us, id) WHERE state <> 'closed';
CREATE INDEX case_item_application ON case_item (application, opened_us) WHERE application IS NOT NULL;
CREATE INDEX case_item_account ON case_item (account, kind, opened_us);

-- Who may not take it: barred from the start, or having decided it.
CREATE TABLE case_barred (
    case_id  TEXT NOT NULL REFERENCES case_item (id),
    staff    TEXT NOT NULL,
    PRIMARY KEY (case_id, staff)
);

-- One row for each person who works on cases; locked while that person takes one.
CREATE TABLE case_worker (
    staff    TEXT   NOT NULL PRIMARY KEY,
    decided  BIGINT NOT NULL
);

CREATE TABLE case_note (
    id       TEXT   NOT NULL PRIMARY KEY,
    case_id  TEXT   NOT NULL REFERENCES case_item (id),
    author   TEXT   NOT NULL,
    kind     TEXT   NOT NULL,                       -- internal | remark (the applicant reads it)
    text     BYTEA  NOT NULL,                       -- sealed
    at_us    BIGINT NOT NULL
);
CREATE INDEX case_note_case ON case_note (case_id, id);

CREATE TABLE reveal_grant (
    id        TEXT   NOT NULL PRIMARY KEY,
    case_id   TEXT   NOT NULL REFERENCES case_item (id),
    staff     TEXT   NOT NULL,
    purpose   TEXT   NOT NULL,
    from_us   BIGINT NOT NULL,
    until_us  BIGINT NOT NULL
);
CREATE INDEX reveal_grant_staff ON reveal_grant (staff, case_id, purpose, until_us);
CREATE TABLE reveal_log (
    id        TEXT   NOT NULL PRIMARY KEY,
    grant_id  TEXT   NOT NULL REFERENCES reveal_grant (id),
    case_id   TEXT   NOT NULL,
    account   TEXT   NOT NULL,
    staff     TEXT   NOT NULL,
    purpose   TEXT   NOT NULL,
    element   TEXT   NOT NULL,
    at_us     BIGINT NOT NULL,
    until_us  BIGINT NOT NULL
);
CREATE INDEX reveal_log_staff ON reveal_log (staff, at_us);
CREATE INDEX reveal_log_account ON reveal_log (account, at_us);

CREATE TABLE appeal (
    id            TEXT   NOT NULL PRIMARY KEY,
    version       BIGINT NOT NULL,
    account       TEXT   NOT NULL,
    subject_kind  TEXT   NOT NULL,                  -- application | restriction
    subject       TEXT   NOT NULL,                  -- id, or name of the restriction
    state         TEXT   NOT NULL,                  -- open | upheld | partly | refused | cancelled
    text          BYTEA  NOT NULL,                  -- sealed
    case_id       TEXT   NOT NULL,
    opened_us     BIGINT NOT NULL,
    due_us        BIGINT NOT NULL,
    answered_us   BIGINT
);
CREATE UNIQUE INDEX appeal_open ON appeal (account, subject_kind, subject) WHERE state = 'open';
CREATE UNIQUE INDEX appeal_case ON appeal (case_id);
CREATE INDEX appeal_account ON appeal (account, id);

CREATE TABLE ticket (
    id           TEXT   NOT NULL PRIMARY KEY,
    version      BIGINT NOT NULL,
    account      TEXT   NOT NULL,
    application  TEXT,
    reasons      TEXT   NOT NULL,                   -- codes, JSON
    state        TEXT   NOT NULL,                   -- open | waiting_user | waiting_staff | resolved | closed
    priority     BIGINT NOT NULL,
    opened_us    BIGINT NOT NULL,
    due_us       BIGINT NOT NULL,                   -- first reply
    replied_us   BIGINT,
    resolved_us  BIGINT,
    messages     BIGINT NOT NULL
);
CREATE INDEX ticket_waiting ON ticket (priority, due_us, id) WHERE state IN ('open', 'waiting_staff');
CREATE INDEX ticket_account ON ticket (account, id);
CREATE TABLE ticket_message (
    ticket_id  TEXT   NOT NULL REFERENCES ticket (id),
    seq        BIGINT NOT NULL,
    author     TEXT   NOT NULL,                     -- applicant | staff
    staff      TEXT,
    text       BYTEA  NOT NULL,                     -- sealed
    at_us      BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, seq)
);
