"""What several pages show in the same way, made from what the store and the rules say."""
