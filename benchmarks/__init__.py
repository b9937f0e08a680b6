"""`make bench`: speed, size and scale of EKOPI, each against a limit measured in the same run. See README.md."""
