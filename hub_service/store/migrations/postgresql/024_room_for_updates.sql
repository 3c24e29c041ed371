-- Rows that change all the time have room beside them for their next version: no index has to be touched for it, and
-- what is dead is swept up by whoever reads the page next.
ALTER TABLE lockers SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE compartments SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE deliveries SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE parcels SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE pickups SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE notices_outbox SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE webhook_outbox SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
