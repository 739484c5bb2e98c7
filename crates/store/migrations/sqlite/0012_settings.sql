-- The settings each kind of process last ran with, so that a change of one can be told. Secrets are left out.

CREATE TABLE setting (
    process   TEXT   NOT NULL,                      -- serve | worker
    name      TEXT   NOT NULL,
    value     TEXT   NOT NULL,
    since_us  BIGINT NOT NULL,
    PRIMARY KEY (process, name)
);
