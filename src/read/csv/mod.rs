//! CSV and TSV: bytes to grids of spanned records, and every structural fault.
