"""From better answers to the adapter that answers: one use case a file."""
