"""Acts of consent: by patients, desks and papers; proved, objected to; who speaks for whom."""
