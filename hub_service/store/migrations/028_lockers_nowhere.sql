-- Lockers whose place nobody has said are asked for last in every choice where there are too few others.
CREATE INDEX lockers_nowhere ON lockers (number) WHERE latitude IS NULL OR longitude IS NULL;
