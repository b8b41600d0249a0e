-- Times are microseconds since 1970, 0 for none. Digests are of the store's key
-- where it has one. What is not looked for stands in doc.
CREATE TABLE item (
	id          TEXT PRIMARY KEY,
	tx          TEXT NOT NULL,
	mailing     BYTEA,
	node        TEXT NOT NULL,
	state       TEXT NOT NULL,
	disposition TEXT NOT NULL,
	canary      BIGINT NOT NULL,
	who         BYTEA NOT NULL,
	rules       TEXT NOT NULL,
	body        BYTEA,
	size        BIGINT NOT NULL,
	held        BIGINT NOT NULL,
	due         BIGINT NOT NULL,
	next        BIGINT NOT NULL,
	purge       BIGINT NOT NULL,
	lease_by    TEXT NOT NULL,
	lease_until BIGINT NOT NULL,
	attempt     BIGINT NOT NULL,
	doc         BYTEA NOT NULL
);
CREATE INDEX item_due ON item (due) WHERE state = 'held';
CREATE INDEX item_next ON item (next) WHERE state = 'releasing';
CREATE INDEX item_who ON item (who) WHERE state = 'held';
CREATE INDEX item_purge ON item (purge) WHERE purge > 0;
CREATE INDEX item_mailing ON item (mailing);
CREATE INDEX item_tx ON item (tx);

CREATE TABLE body (
	name BYTEA PRIMARY KEY,
	size BIGINT NOT NULL,
	refs BIGINT NOT NULL,
	file TEXT NOT NULL
);
CREATE TABLE chunk (
	name BYTEA NOT NULL,
	n    BIGINT NOT NULL,
	data BYTEA NOT NULL,
	PRIMARY KEY (name, n)
);

CREATE TABLE memory (
	id    TEXT PRIMARY KEY,
	who   BYTEA NOT NULL,
	until BIGINT NOT NULL,
	doc   BYTEA NOT NULL
);
CREATE INDEX memory_who ON memory (who);

CREATE TABLE counter (
	key    BYTEA NOT NULL,
	bucket BIGINT NOT NULL,
	n      BIGINT NOT NULL,
	until  BIGINT NOT NULL,
	PRIMARY KEY (key, bucket)
);
CREATE INDEX counter_until ON counter (until);

CREATE TABLE failure (
	hash  BYTEA PRIMARY KEY,
	times BIGINT NOT NULL,
	at    BIGINT NOT NULL
);

CREATE TABLE value (
	key  BYTEA PRIMARY KEY,
	data BYTEA NOT NULL
);

CREATE TABLE audit (
	node TEXT NOT NULL,
	seq  BIGINT NOT NULL,
	doc  BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (node, seq)
);
CREATE TABLE head (
	node TEXT PRIMARY KEY,
	seq  BIGINT NOT NULL,
	hash BYTEA NOT NULL
);
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
-- What is compressed and sealed already is not compressed again.
ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL;
