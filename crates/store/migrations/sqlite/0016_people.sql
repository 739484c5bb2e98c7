-- People whose ID number lawfully changed: the row of a number leads to the person who is known by it.

ALTER TABLE person ADD COLUMN linked_to TEXT REFERENCES person (id);  -- NULL: it is the person's own row
ALTER TABLE person ADD COLUMN linked_us BIGINT;
CREATE INDEX person_linked ON person (linked_to) WHERE linked_to IS NOT NULL;

-- Names and numbers somebody was known by before, under the same key as those in force.
CREATE TABLE person_former (
    person    TEXT   NOT NULL REFERENCES person (id),
    until_us  BIGINT NOT NULL,
    sealed    BLOB   NOT NULL,
    PRIMARY KEY (person, until_us)
);
