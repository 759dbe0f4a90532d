//! What else crosses the wire: errors, pages, cursors.
