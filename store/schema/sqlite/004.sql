-- Which mailbox forwards to which address outside, both as digests: mail and
-- audits show it, and several to one address are a sign of theft.
CREATE TABLE forward (
	target  BLOB NOT NULL,
	mailbox BLOB NOT NULL,
	until   INTEGER NOT NULL,
	doc     BLOB NOT NULL,
	PRIMARY KEY (target, mailbox)
) WITHOUT ROWID;
CREATE INDEX forward_until ON forward (until);
