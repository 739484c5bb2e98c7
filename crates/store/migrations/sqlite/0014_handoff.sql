-- Steps handed from one screen to a phone. Links and the phone's own tokens are known by their hashes only.

CREATE TABLE handoff (
    id            TEXT   NOT NULL PRIMARY KEY,
    application   TEXT   NOT NULL REFERENCES application (id),
    account       TEXT   NOT NULL,
    link_hash     BLOB   NOT NULL,                  -- of the token in the link
    phone_hash    BLOB,                             -- of the token the phone got for it
    created_us    BIGINT NOT NULL,
    expires_us    BIGINT NOT NULL,                  -- of the link
    opened_us     BIGINT,                           -- somebody looked at the link's page
    claimed_us    BIGINT,                           -- a phone took it; once
    phone_until_us BIGINT,                          -- and may send pictures until then
    ended_us      BIGINT                            -- taken back, or replaced by a newer one
);
CREATE UNIQUE INDEX handoff_link ON handoff (link_hash);
CREATE UNIQUE INDEX handoff_phone ON handoff (phone_hash) WHERE phone_hash IS NOT NULL;
CREATE UNIQUE INDEX handoff_live ON handoff (application) WHERE ended_us IS NULL;
CREATE INDEX handoff_created ON handoff (created_us);
