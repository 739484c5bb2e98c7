-- Ranges of these texts are ranges of bytes, whatever the order of the database.
ALTER TABLE job ALTER COLUMN dedupe TYPE TEXT COLLATE "C";

-- Whoever refuses the face, or goes, is asked for by account.
CREATE INDEX file_account ON file (account, step);
CREATE INDEX liveness_account ON liveness (account);
