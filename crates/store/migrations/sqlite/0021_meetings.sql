-- Each record of a meeting is a row of its own: a confirmed one stays in force until its successor is confirmed.

CREATE TABLE face_to_face_new (
    person         TEXT   NOT NULL,
    version        BIGINT NOT NULL,                 -- counts the records of the person
    record         BLOB   NOT NULL,                 -- sealed: place, agent, reference of the chip reader
    holds          TEXT   NOT NULL,                 -- JSON: which parts the record has
    recorded_by    TEXT   NOT NULL,
    recorded_us    BIGINT NOT NULL,
    confirmed_by   TEXT,
    confirmed_us   BIGINT,
    PRIMARY KEY (person, version),
    CHECK (confirmed_by IS NULL OR confirmed_by <> recorded_by)
);
INSERT INTO face_to_face_new (person, version, record, holds, recorded_by, recorded_us, confirmed_by, confirmed_us)
    SELECT person, version, record, holds, recorded_by, recorded_us, confirmed_by, confirmed_us FROM face_to_face;
DROP TABLE face_to_face;
ALTER TABLE face_to_face_new RENAME TO face_to_face;

-- What is over is found by its end when it is swept, and what somebody has open by its author.
CREATE INDEX proposal_until ON proposal (until_us);
CREATE INDEX proposal_author ON proposal (proposed_by, until_us) WHERE confirmed_by IS NULL;
