-- Acts outside of cases that one person proposes and another confirms. Nobody confirms their own.

CREATE TABLE proposal (
    id            TEXT   NOT NULL PRIMARY KEY,
    rule          TEXT   NOT NULL,                  -- of the policy's list `four_eyes`
    kind          TEXT   NOT NULL,                  -- of the act
    act           BLOB NOT NULL,                  -- sealed: what is to be done, word for word
    proposed_by   TEXT   NOT NULL,
    proposed_us   BIGINT NOT NULL,
    until_us      BIGINT NOT NULL,
    confirmed_by  TEXT,
    confirmed_us  BIGINT,
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by)
);
CREATE INDEX proposal_waiting ON proposal (proposed_us, id) WHERE confirmed_by IS NULL;
