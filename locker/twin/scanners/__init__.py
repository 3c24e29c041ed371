"""Barcode scanners in software, from the device's side: what they are told, what they answer, what they send."""
