-- Pages of the queue in the order they are shown in, one index for each part: without them a page costs as much
-- as the whole part. Each condition is word for word that of the query, or SQLite would not know it again.
CREATE INDEX case_item_waiting_page ON case_item (due_us, id) WHERE state IN ('open', 'claimed', 'second_review');
CREATE INDEX case_item_on_hold_page ON case_item (due_us, id) WHERE state = 'on_hold';
CREATE INDEX case_item_closed_page ON case_item (due_us, id) WHERE state = 'closed';
-- All counters of an application, its account and its number are read at once.
CREATE INDEX tally_scope ON tally (scope);
