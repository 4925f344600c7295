//! The table of aggregates and neighbours: names, documents, examples.

/// What stands on the reference page of an aggregate or a neighbour.
#[derive(Debug)]
pub struct AggregateDoc {
    pub name: &'static str,
    /// One line.
    pub doc: &'static str,
    /// An example of its use.
    pub example: &'static str,
}

const fn doc(name: &'static str, doc: &'static str, example: &'static str) -> AggregateDoc {
    AggregateDoc { name, doc, example }
}

/// Aggregates and neighbours.
pub static AGGREGATES: &[AggregateDoc] = &[
    doc(
        "sum",
        "the sum; 0 if there are no rows; of several values, `sum(a, b)` or `sum(Q1 to Q4)`, that of one row",
        "sum(area) = total.area within rounding",
    ),
    doc(
        "count",
        "the number of rows, of values, or of distinct values",
        "count(where winner = \"yes\") = 1",
    ),
    doc("min", "the smallest value", "min(population) > 0"),
    doc("max", "the largest value", "votes = max(votes by office)"),
    doc("mean", "the mean: the sum divided by the count", "mean(wage) between 10 and 40"),
    doc(
        "median",
        "the middle value, or the mean of the two middle values",
        "median(wage) <= mean(wage)",
    ),
    doc(
        "mode",
        "the most frequent value; on a tie, the one that occurs first",
        "mode(currency) = \"EUR\"",
    ),
    doc(
        "stddev",
        "the standard deviation of a sample",
        "abs(level - mean(level)) <= 4 * stddev(level)",
    ),
    doc(
        "quantile",
        "the smallest value that at least the given share of values does not exceed; a third argument names another method: `\"linear\"` (as spreadsheets have it), `\"weibull\"`, `\"hazen\"`, `\"median_unbiased\"`, `\"lower\"`, `\"higher\"`, `\"midpoint\"`",
        "quantile(wage, 0.9) < 100",
    ),
    doc(
        "first",
        "the first value, in the order of the file whatever the `order` of the check",
        "first(year) = 1990",
    ),
    doc(
        "last",
        "the last value, in the order of the file whatever the `order` of the check",
        "last(amount) = sum(amount where item != \"Total\")",
    ),
    doc(
        "only",
        "the only value; several rows are reported as a finding",
        "only(votes where county is missing) = sum(votes where county is not missing)",
    ),
    doc("any", "whether at least one row meets the condition", "any(status = \"final\")"),
    doc("all", "whether every row meets the condition", "all(area is not missing)"),
    doc("prev", "the value in the previous row", "taken >= prev(taken)"),
    doc("next", "the value in the next row", "end <= next(start by office)"),
    doc(
        "rank",
        "the rank: 1 for the largest value; equal values share a rank",
        "place = rank(points by season)",
    ),
    doc(
        "cumulative",
        "the running sum up to and including this row",
        "cumulative(amount by item) >= 0",
    ),
];
