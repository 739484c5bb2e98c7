-- Challenges before selfies. One of an application waits or runs at most: a newer one takes its place.

CREATE TABLE liveness (
    id           TEXT   NOT NULL PRIMARY KEY,
    application  TEXT   NOT NULL REFERENCES application (id),
    account      TEXT   NOT NULL,
    ticket       BLOB   NOT NULL,                   -- SHA-256 of what opens it, once
    steps        TEXT   NOT NULL,                   -- JSON, in the order that was drawn
    state        TEXT   NOT NULL,                   -- waiting | running | ended | replaced
    created_us   BIGINT NOT NULL,
    expires_us   BIGINT NOT NULL,                   -- a ticket that was not used by then is worth nothing
    ended_us     BIGINT,
    outcome      TEXT,                              -- domain::liveness::Outcome
    still        BLOB,                              -- SHA-256 of the still that was promised
    record       TEXT,                              -- the sealed file with frames and versions
    remove_us    BIGINT                             -- when that file goes
);
CREATE UNIQUE INDEX liveness_open ON liveness (application) WHERE state IN ('waiting', 'running');
CREATE INDEX liveness_ended ON liveness (application, ended_us) WHERE state = 'ended';
CREATE INDEX liveness_remove ON liveness (remove_us) WHERE record IS NOT NULL;
