-- What happened lately, by the digest of a key: who sent a locked file to whom.
CREATE TABLE mark (
	key   BLOB PRIMARY KEY,
	at    INTEGER NOT NULL,
	until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX mark_until ON mark (until);
