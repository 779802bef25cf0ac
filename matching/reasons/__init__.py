"""What was missing, in terms right for each kind of policy; one file a kind."""
