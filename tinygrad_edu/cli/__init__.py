"""The command `tinygrad-edu`: one file per subcommand, and what they share."""
