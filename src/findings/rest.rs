//! The rows of an aggregate that a certificate does not list.

use crate::expr::tree::Agg;
use crate::findings::exact::range;
use crate::report::certificate::Rest;
use crate::value::End;
use crate::value::{Figure, Interval, Number, Value};

/// What the rows that are `left` of `all` give to an aggregate of this value beside the `listed`
/// ones; `squares` are the squared widths of all its figures, summed.
pub(crate) fn of(
    agg: Agg,
    value: &Value<'_>,
    (all, left): (u64, u64),
    listed: &[Value<'static>],
    squares: Option<Number>,
) -> Rest {
    let counted = Rest { count: left, ..Rest::default() };
    let total = match (agg, value) {
        (Agg::Sum, Value::Number(figure)) => figure.clone(),
        (Agg::Mean, Value::Number(figure)) => figure.mul(&Figure::exact(Number::from(all))),
        (Agg::Sum, Value::Duration(micros)) => {
            let of_row = |v: &Value<'_>| if let Value::Duration(d) = v { *d } else { 0 };
            let rest = listed.iter().map(of_row).fold(*micros, i64::saturating_sub);
            return Rest { value: Some(rest.to_string()), ..counted };
        }
        _ => return counted,
    };
    let (mut value, mut spread) = (total.value.clone(), total.interval());
    let mut of_squares = squares.unwrap_or_default();
    for figure in listed.iter().filter_map(Value::figure) {
        value = &value - &figure.value;
        let own = figure.interval();
        spread = Interval { lo: less(&spread.lo, &own.lo), hi: less(&spread.hi, &own.hi) };
        if let (Some(lo), Some(hi)) = (own.lo.at(), own.hi.at()) {
            let width = hi - lo;
            of_squares = &of_squares - &(&width * &width);
        }
    }
    let is_ranged = total.range.is_some() && !spread.is_point();
    Rest {
        value: Some(value.to_text()),
        range: is_ranged.then(|| range(&spread)),
        squares: (is_ranged && agg == Agg::Sum).then(|| of_squares.to_text()),
        ..counted
    }
}

/// The end that gives `total` with another one.
fn less(total: &End, one: &End) -> End {
    match (total.at(), one.at()) {
        (Some(all), Some(own)) if total.is_closed() || !one.is_closed() => End::Closed(all - own),
        (Some(all), Some(own)) => End::Open(all - own),
        _ => End::Unbounded,
    }
}
