"""Those who ask: signed in, vouched for by an assertion, with a token; and strangers."""
