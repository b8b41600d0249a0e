-- Which mailbox forwards to which address outside, both as digests: mail and
-- audits show it, and several to one address are a sign of theft.
CREATE TABLE forward (
	target  BYTEA NOT NULL,
	mailbox BYTEA NOT NULL,
	until   BIGINT NOT NULL,
	doc     BYTEA NOT NULL,
	PRIMARY KEY (target, mailbox)
);
CREATE INDEX forward_until ON forward (until);
