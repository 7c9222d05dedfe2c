"""HTTP calls: one file a resource."""
