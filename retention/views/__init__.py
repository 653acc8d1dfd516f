"""Pages of the records desk: thin, each calls a service or a selector."""
