"""The shelf: tables and queries, one module per aggregate. The only place that knows SQL."""
