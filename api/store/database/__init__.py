"""The database: opened on SQLite or PostgreSQL, its tables, and how it comes to this version's schema."""
