"""What the gateway does: one verb each. A service is given a unit of work and never commits it."""
