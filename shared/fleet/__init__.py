"""What the fleet's processes share: settings, Redis keys and scripts, leases, streams, metrics, and the handlers' runtime."""
