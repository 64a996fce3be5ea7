"""The database: schema, migrations and one small module for each subject. Functions take a connection, never commit."""
