"""Webhooks: a receiver of somebody else's is told how a job or a batch ended."""
