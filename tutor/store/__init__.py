"""The database: schema, migrations and one small module a subject. Functions take a connection and never commit."""
