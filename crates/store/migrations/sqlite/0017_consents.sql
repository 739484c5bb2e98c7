-- The last answer of an account to each consent, whichever application asked, so that it can be shown and taken
-- back. The audit rows are the record of every one.

CREATE TABLE account_consent (
    account       TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    state         TEXT   NOT NULL,                  -- given | refused | withdrawn
    text_version  TEXT   NOT NULL,
    locale        TEXT   NOT NULL,
    at_us         BIGINT NOT NULL,                  -- of this state
    PRIMARY KEY (account, kind)
);
INSERT INTO account_consent (account, kind, state, text_version, locale, at_us)
    SELECT a.account, c.kind, c.answer, c.text_version, c.locale, c.at_us
    FROM consent c JOIN application a ON a.id = c.application
    WHERE NOT EXISTS (
        SELECT 1 FROM consent d JOIN application b ON b.id = d.application
        WHERE b.account = a.account AND d.kind = c.kind
        AND (d.at_us > c.at_us OR (d.at_us = c.at_us AND d.application > c.application))
    );
