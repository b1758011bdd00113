"""What a label of a market must, may and must not carry: rules as data, each with its clause."""
