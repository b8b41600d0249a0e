-- What each node noted last of the others' audit chains (see crosssign.go).
CREATE TABLE signed (
	node  TEXT NOT NULL,
	other TEXT NOT NULL,
	head  TEXT NOT NULL,
	PRIMARY KEY (node, other)
) WITHOUT ROWID;
