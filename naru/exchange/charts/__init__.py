"""All of one patient at once: gathered, told on a first page, given to the person whose it is."""
