"""What people can demand about their data: here, the erasure of an account."""
