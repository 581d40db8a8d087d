"""Release files of code systems: tables of several makers become one release."""
