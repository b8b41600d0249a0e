-- When somebody is to be told about an item: looking for that reads no others.
-- What an older version left is looked at once.
ALTER TABLE item ADD COLUMN look INTEGER NOT NULL DEFAULT 0;
UPDATE item SET look = 1 WHERE canary = 0 AND (state = 'held' OR purge > 0);
CREATE INDEX item_look ON item (look) WHERE look > 0;
