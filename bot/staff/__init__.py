"""Who works here: accounts with roles, sessions in the browser, log-in by password or by an identity provider."""
