//! Prose and Markdown: text to rows of cells with places.
