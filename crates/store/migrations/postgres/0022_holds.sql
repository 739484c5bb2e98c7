-- A hold that was lifted stays known: whoever held last does not begin anew at once.

ALTER TABLE staff_hold ADD COLUMN lifted_us BIGINT;
