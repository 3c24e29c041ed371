-- An operator's page of one locker begins with what happened there last, also where that was long ago.
CREATE INDEX events_of_a_locker ON events (locker_id, seq);
