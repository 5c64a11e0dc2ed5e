"""Pages: one module per part of the gateway, each with its ROUTES."""
