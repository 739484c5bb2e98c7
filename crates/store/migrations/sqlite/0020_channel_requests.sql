-- Channels a person asks for: a source is asked by a job, and this is where one reads what came of it.

CREATE TABLE channel_request (
    id            TEXT   NOT NULL PRIMARY KEY,
    account       TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    source        TEXT   NOT NULL,                  -- name of the source that is asked
    organisation  TEXT   NOT NULL,
    detail        BLOB,                             -- sealed number of card or phone, while it is asked
    state         TEXT   NOT NULL,                  -- asking | confirmed | refused | unavailable
    code          TEXT,                             -- why it was refused or could not be answered
    proof         TEXT,                             -- the channel_proof it became
    asked_us      BIGINT NOT NULL,
    ended_us      BIGINT
);
CREATE UNIQUE INDEX channel_request_asking ON channel_request (account, source) WHERE state = 'asking';
CREATE INDEX channel_request_account ON channel_request (account, id);
