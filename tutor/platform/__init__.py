"""Infrastructure of every package: settings, data directory, clock and ids, background tasks, queues."""
