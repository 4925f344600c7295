//! One file per output format, each a sink.
