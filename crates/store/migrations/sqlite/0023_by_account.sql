-- Whoever refuses the face, or goes, is asked for by account.
CREATE INDEX file_account ON file (account, step);
CREATE INDEX liveness_account ON liveness (account);
