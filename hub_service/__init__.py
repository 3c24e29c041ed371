"""The central service: knows parcels, people and carriers, plans compartments, issues access codes, tells everybody."""
