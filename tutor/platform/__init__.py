"""What every package stands on: settings, the data directory, clock and ids, background tasks."""
