"""The offline job: requests matched to places from two tables to a third, without a database."""
