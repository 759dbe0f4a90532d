//! HTTP to actor: cookies, tokens, CSRF, redirects, error answers. The only reader of credentials.
