-- What happened lately, by the digest of a key: who sent a locked file to whom.
CREATE TABLE mark (
	key   BYTEA PRIMARY KEY,
	at    BIGINT NOT NULL,
	until BIGINT NOT NULL
);
CREATE INDEX mark_until ON mark (until);
