"""What the loopback server is allowed to hand out."""
