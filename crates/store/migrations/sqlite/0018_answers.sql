-- What a person is told with a decision: the note that was written for them, and why their appeal was so answered.

ALTER TABLE decision ADD COLUMN remark TEXT;                    -- a case_note
ALTER TABLE appeal ADD COLUMN remark TEXT;                      -- a case_note
ALTER TABLE appeal ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';  -- codes, JSON
