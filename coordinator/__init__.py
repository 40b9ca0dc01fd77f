"""The control plane: the conduit's life, who holds which shard, users and their tokens, which subscriptions exist."""
