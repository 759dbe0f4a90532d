//! What happens: the use cases, their SQL, jobs and e-mails.
