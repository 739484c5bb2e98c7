-- Sealed files that are being written and that no row names yet. Whoever goes away in between leaves one here, and a
-- sweep removes it a day later.
CREATE TABLE file_begun (
    id           TEXT PRIMARY KEY,
    at_us        BIGINT NOT NULL
);
CREATE INDEX file_begun_at ON file_begun (at_us);
