-- What the clock asks for every few seconds, of which there are few: not to be looked for among all that lies in lockers.
CREATE INDEX lockers_offline ON lockers (id) WHERE online = 0;
CREATE INDEX drop_offs_inside ON deliveries (ready_s) WHERE state = 'inside' AND by_sender = 1 AND reminded = 0;
