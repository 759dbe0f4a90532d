//! The outside world behind the traits that services declares: SMTP, files on disk or S3.
