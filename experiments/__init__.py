"""What docs/agreement.md is made of. A chapter's own experiment is in its room, in nnlearn/chapters."""
