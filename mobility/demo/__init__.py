"""The Chelyabinsk forum as data: one command fills an empty service."""
