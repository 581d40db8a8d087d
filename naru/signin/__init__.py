"""로그인: the pages by which people sign in, and who asks at every other page."""
