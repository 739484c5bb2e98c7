-- What people used of their limits, what they are entitled to, and the clock of their accounts.
-- Money stands in minor units. Whose a counter is, is a person or, before one is known, an account.

CREATE TABLE limit_counter (
    owner           TEXT   NOT NULL,                -- per_… or acc_…
    key             TEXT   NOT NULL,                -- lifetime | year:… | day:… | transfers:…
    payments_minor  BIGINT NOT NULL CHECK (payments_minor >= 0),
    own_bank_minor  BIGINT NOT NULL CHECK (own_bank_minor >= 0),
    PRIMARY KEY (owner, key)
);

-- Refused ones stand here too: a repetition gets the same answer, and the history is whole.
CREATE TABLE limit_use (
    id              TEXT   NOT NULL PRIMARY KEY,
    version         BIGINT NOT NULL,
    owner           TEXT   NOT NULL,
    account         TEXT   NOT NULL,
    principal       TEXT   NOT NULL,                -- who asked
    reference       TEXT   NOT NULL,                -- theirs; unique for each of them
    ask             TEXT   NOT NULL,                -- JSON, as asked: a repetition must be the same
    answer          TEXT   NOT NULL,                -- JSON, as answered
    operation       TEXT   NOT NULL,
    amount_minor    BIGINT NOT NULL CHECK (amount_minor > 0),
    currency        TEXT   NOT NULL,
    strength        TEXT,
    level           BIGINT NOT NULL,                -- at that time
    state           TEXT   NOT NULL,                -- held | captured | voided | expired | refused
    posts           TEXT   NOT NULL,                -- JSON: what still stands in which counter
    captured_minor  BIGINT NOT NULL,
    refunded_minor  BIGINT NOT NULL,
    created_us      BIGINT NOT NULL,
    expires_us      BIGINT,
    CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor AND captured_minor <= amount_minor),
    CHECK ((state = 'held') = (expires_us IS NOT NULL))
);
CREATE UNIQUE INDEX limit_use_reference ON limit_use (principal, reference);
CREATE INDEX limit_use_owner ON limit_use (owner, id);
CREATE INDEX limit_use_account ON limit_use (account, created_us);

-- Derived, never typed in: what the facts gave when they were last looked at.
CREATE TABLE account_level (
    account       TEXT    NOT NULL PRIMARY KEY,
    version       BIGINT  NOT NULL,
    level         BIGINT,                           -- NULL until a contact is confirmed
    verified      BOOLEAN NOT NULL,
    ended         TEXT,                             -- effect of a verification that ended
    policy        TEXT    NOT NULL,                 -- label of the policy it was derived with
    since_us      BIGINT  NOT NULL,
    recompute_us  BIGINT                            -- when it may change by time alone
);

CREATE TABLE face_to_face (
    person         TEXT   NOT NULL PRIMARY KEY,
    version        BIGINT NOT NULL,
    record         BLOB   NOT NULL,                 -- sealed: place, agent, reference of the chip reader
    holds          TEXT   NOT NULL,                 -- JSON: which parts the record has
    recorded_by    TEXT   NOT NULL,
    recorded_us    BIGINT NOT NULL,
    confirmed_by   TEXT,
    confirmed_us   BIGINT,
    CHECK (confirmed_by IS NULL OR confirmed_by <> recorded_by)
);

CREATE TABLE staff_hold (
    account      TEXT   NOT NULL PRIMARY KEY,
    version      BIGINT NOT NULL,
    reason       BLOB   NOT NULL,                   -- sealed
    set_by       TEXT   NOT NULL,
    second       TEXT,
    set_us       BIGINT NOT NULL,
    review_us    BIGINT NOT NULL,
    escalated_us BIGINT
);

-- What the clock of an account has done, so that nobody is reminded twice.
CREATE TABLE account_clock (
    account        TEXT   NOT NULL PRIMARY KEY,
    version        BIGINT NOT NULL,
    reminded_us    BIGINT NOT NULL,                 -- the latest reminder that was due and is done
    warned_us      BIGINT NOT NULL,                 -- the dormancy a warning was sent for
    next_us        BIGINT                           -- a job waits for then
);
