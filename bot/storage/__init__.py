"""Storage: our tables, the unit of work, and the migrations. The record."""
