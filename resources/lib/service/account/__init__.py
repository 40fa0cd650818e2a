"""Sign-in, sign-out, users and servers, as the user goes through them on screen."""
