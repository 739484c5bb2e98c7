-- The next case of somebody who knows a case, without looking at all that wait.

CREATE INDEX case_item_known ON case_item (known_to, audience, calm, warm, priority, due_us, id)
    WHERE known_to IS NOT NULL AND state IN ('open', 'claimed', 'second_review');
