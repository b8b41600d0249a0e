-- Times are microseconds since 1970, 0 for none. Digests are of the store's key
-- where it has one. What is not looked for stands in doc.
CREATE TABLE item (
	id          TEXT PRIMARY KEY,
	tx          TEXT NOT NULL,
	mailing     BLOB,
	node        TEXT NOT NULL,
	state       TEXT NOT NULL,
	disposition TEXT NOT NULL,
	canary      INTEGER NOT NULL,
	who         BLOB NOT NULL,
	rules       TEXT NOT NULL,
	body        BLOB,
	size        INTEGER NOT NULL,
	held        INTEGER NOT NULL,
	due         INTEGER NOT NULL,
	next        INTEGER NOT NULL,
	purge       INTEGER NOT NULL,
	lease_by    TEXT NOT NULL,
	lease_until INTEGER NOT NULL,
	attempt     INTEGER NOT NULL,
	doc         BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX item_due ON item (due) WHERE state = 'held';
CREATE INDEX item_next ON item (next) WHERE state = 'releasing';
CREATE INDEX item_who ON item (who) WHERE state = 'held';
CREATE INDEX item_purge ON item (purge) WHERE purge > 0;
CREATE INDEX item_mailing ON item (mailing);
CREATE INDEX item_tx ON item (tx);

CREATE TABLE body (
	name BLOB PRIMARY KEY,
	size INTEGER NOT NULL,
	refs INTEGER NOT NULL,
	file TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE chunk (
	name BLOB NOT NULL,
	n    INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (name, n)
);

CREATE TABLE memory (
	id    TEXT PRIMARY KEY,
	who   BLOB NOT NULL,
	until INTEGER NOT NULL,
	doc   BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX memory_who ON memory (who);

CREATE TABLE counter (
	key    BLOB NOT NULL,
	bucket INTEGER NOT NULL,
	n      INTEGER NOT NULL,
	until  INTEGER NOT NULL,
	PRIMARY KEY (key, bucket)
) WITHOUT ROWID;
CREATE INDEX counter_until ON counter (until);

CREATE TABLE failure (
	hash  BLOB PRIMARY KEY,
	times INTEGER NOT NULL,
	at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE value (
	key  BLOB PRIMARY KEY,
	data BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
	node TEXT NOT NULL,
	seq  INTEGER NOT NULL,
	doc  BLOB NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (node, seq)
) WITHOUT ROWID;
CREATE TABLE head (
	node TEXT PRIMARY KEY,
	seq  INTEGER NOT NULL,
	hash BLOB NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
