"""Reports: what the exchange of an academic year came to; read only."""
