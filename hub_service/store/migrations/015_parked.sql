-- What is parked is looked for at every inspection; without this, among all that a locker has ever told.
CREATE INDEX parked_reports ON reports (locker_id, position) WHERE state = 'parked';
