"""Where quality verifies the process: trail, proofs, designs, settings, backups, exports."""
