"""HL7 version 2 as far as the other standards borrow from it."""
