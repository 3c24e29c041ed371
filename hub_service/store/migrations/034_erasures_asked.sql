-- Who has asked to be forgotten, looked for once an hour among all whose parcels are over. Nobody else has an entry here.
CREATE INDEX erasures_asked ON parcels (erase_asked_s) WHERE erase_asked_s IS NOT NULL AND erased = 0;
