"""Question types: one class for each kind of item. It grades, generates, exports, imports and shows its items."""
