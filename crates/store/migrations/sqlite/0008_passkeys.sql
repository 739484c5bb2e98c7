-- Passkeys and known devices. The table of passkeys that stood here before was never written to.

DROP TABLE passkey;
CREATE TABLE passkey (
    id               TEXT    NOT NULL PRIMARY KEY,
    credential       BLOB    NOT NULL,              -- its id, chosen by the authenticator
    owner            TEXT    NOT NULL,              -- account or member of staff
    public_key       BLOB    NOT NULL,              -- COSE
    name             BLOB    NOT NULL,              -- sealed: what its owner calls it
    sign_count       BIGINT  NOT NULL,
    backup_eligible  BOOLEAN NOT NULL,              -- it may be copied to other devices
    backed_up        BOOLEAN NOT NULL,              -- it has been
    created_us       BIGINT  NOT NULL,
    used_us          BIGINT
);
CREATE UNIQUE INDEX passkey_credential ON passkey (credential);
CREATE INDEX passkey_owner ON passkey (owner);

-- What authenticators know an owner by: random, so that it tells nothing. Its row is locked while passkeys change.
CREATE TABLE passkey_user (
    owner       TEXT   NOT NULL PRIMARY KEY,
    handle      BLOB   NOT NULL,
    changes     BIGINT NOT NULL
);
CREATE UNIQUE INDEX passkey_user_handle ON passkey_user (handle);

-- Challenges that were given out; each is taken once.
CREATE TABLE passkey_challenge (
    hash        BLOB   NOT NULL PRIMARY KEY,
    purpose     TEXT   NOT NULL,                    -- register | factor | sign_in
    session_id  TEXT,                               -- NULL: for a sign-in
    expires_us  BIGINT NOT NULL
);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_us);

-- Devices on which somebody has signed in with a contact: strangers who try passwords spend their own tries.
CREATE TABLE known_device (
    place    TEXT   NOT NULL PRIMARY KEY,           -- keyed hash of door, contact and device
    owner    TEXT   NOT NULL,
    seen_us  BIGINT NOT NULL
);
CREATE INDEX known_device_owner ON known_device (owner);
CREATE INDEX known_device_seen ON known_device (seen_us);
